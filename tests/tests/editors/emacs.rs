//! Emacs with Eglot, in batch mode.

use crate::{
    install,
    setup::{Desk, documented},
};

/// What each script begins with: opening the config, asking for lenses, and waiting.
const READING: &str = r#"
(require 'flymake)
(defun wait-until (what is-so)
  (let ((rounds 0))
    (while (not (funcall is-so))
      (setq rounds (1+ rounds))
      (when (> rounds 1500)
        (princ (format "NEVER: %s\n" what))
        (kill-emacs 1))
      (accept-process-output nil 0.02))))

(defun lens-titles ()
  (mapconcat (lambda (lens) (plist-get (plist-get lens :command) :title))
             (jsonrpc-request (eglot-current-server) :textDocument/codeLens
                              (list :textDocument (eglot--TextDocumentIdentifier)))
             " | "))

(defun shown-lenses ()
  (replace-regexp-in-string "[0-9]+m?s\\b" "[age]" (lens-titles)))

(defun wait-for-lens (text)
  (wait-until text (lambda () (string-match-p (regexp-quote text) (lens-titles)))))

(find-file "CONFIG")
(princ (format "%s\n" major-mode))
(run-hooks 'post-command-hook)
(wait-until "a server" #'eglot-current-server)
"#;

/// Waits for what the server says, runs the lens that applies, and waits until the server says that
/// everything is cached.
const APPLYING: &str = r#"
(flymake-start)
(wait-until "diagnostics" (lambda () (= 2 (length (flymake-diagnostics)))))
(dolist (told (flymake-diagnostics))
  (princ (format "%d: %s\n" (line-number-at-pos (flymake-diagnostic-beg told))
                 (flymake-diagnostic-text told))))
(princ (format "%s\n" (lens-titles)))
(cl-letf (((symbol-function 'completing-read) (lambda (_ choices &rest _) (car (car choices)))))
  (rig-run-lens))
(wait-for-lens "up to date")
(princ (format "%s\n" (shown-lenses)))
(wait-until "no diagnostics" (lambda () (= 0 (length (flymake-diagnostics)))))
(eglot-shutdown (eglot-current-server))
"#;

/// Follows an apply of a terminal, and prints what the lenses say at each moment of it.
const FOLLOWING: &str = r#"
(wait-for-lens "apply (2 pending)")
(defvar ended nil)
(make-process :name "rig" :command '("rig" "apply") :sentinel (lambda (&rest _) (setq ended t)))
(dolist (task '("clone" "build"))
  (wait-for-lens (concat "getting " task))
  (princ (format "%s\n" (shown-lenses)))
  (write-region "" nil task nil 'quietly))
(wait-until "the end" (lambda () ended))
;; The plan that knows what was stored comes a moment after the last task has ended.
(wait-for-lens "cached")
(princ (format "%s\n" (shown-lenses)))
(eglot-shutdown (eglot-current-server))
"#;

/// Runs a script in Emacs with the documented set-up, and checks what it prints.
fn run(desk: &Desk, script: &str) -> [String; 2] {
    let script = format!("{READING}{script}").replace("CONFIG", desk.config().to_str().unwrap());
    let setup = desk.write(
        "init.el",
        &format!("{}\n{script}", documented("Emacs", "elisp")),
    );
    let setup = setup.to_str().unwrap();
    desk.run(&install::emacs(), &["--batch", "-l", setup])
}

#[test]
fn emacs_shows_the_plan_and_applies_it() {
    let [printed, messages] = run(&Desk::new(), APPLYING);
    insta::assert_snapshot!(printed, &messages, @r#"
    rig-config-mode
    5: rigkit [never-run]: pending: never ran
    6: rigkit [never-run]: pending: never ran
    ▶ apply (2 pending) | plan | graph | ● never ran | apply up to here | ● never ran | apply up to here
    ✓ up to date | plan | graph | ✓ cached [age] ago | invalidate | ✓ cached [age] ago | invalidate
    "#);
}

/// Runs the operation by its lens, answers what is asked, and waits until the result is shown.
const OPERATION: &str = r#"
(defvar answers (list "run" "safe" "No" "Yes"))
(defun answer (prompt choices &rest _)
  (let* ((titles (mapcar (lambda (choice) (if (consp choice) (car choice) choice)) choices))
         (wanted (pop answers)))
    (princ (format "%s%s\n" (substring-no-properties prompt) (mapconcat #'identity titles " | ")))
    (car (seq-filter (lambda (title) (string-match-p wanted title)) titles))))
(advice-add 'completing-read :override #'answer)
(advice-add 'read-string :override
            (lambda (prompt &rest _) (princ (format "%s\n" prompt)) "v2"))

(defvar shown nil)
(cl-defmethod eglot-handle-notification :before
  (_server (_method (eql window/showMessage)) &key message &allow-other-keys)
  (setq shown message))

(wait-for-lens "▶ run")
(rig-run-lens)
(wait-until "a result" (lambda () shown))
(princ (format "%s\n" shown))
(eglot-shutdown (eglot-current-server))
"#;

#[test]
fn emacs_asks_for_what_an_operation_needs_and_shows_what_it_gives() {
    let [printed, messages] = run(&Desk::with_operation(), OPERATION);
    insta::assert_snapshot!(printed, &messages, @r#"
    rig-config-mode
    Lens: 3: ▶ apply (1 pending) | 3: plan | 3: graph | 5: ● never ran | 5: apply up to here | 6: ▶ run
    [eglot] Server reports (type=3): deploy: mode (how)
    Choose an option: fast | safe
    [eglot] Server reports (type=3): deploy: minify
    Choose an option: Yes | No
    [eglot] Server reports (type=3): Deploy now?
    Choose an option: Yes | No
    Under which name?: 
    deploy: v2: safe, minify false, sure true
    "#);
}

#[test]
fn emacs_shows_each_task_of_an_apply_as_it_runs() {
    let [printed, messages] = run(&Desk::of_waiting_tasks(), FOLLOWING);
    insta::assert_snapshot!(printed, &messages, @r#"
    rig-config-mode
    ◌ applying: 0 of 2 done, 1 running | plan | graph | ◌ running [age]: getting clone | ● never ran | apply up to here
    ◌ applying: 1 of 2 done, 1 running | plan | graph | ✓ done [age] ago | invalidate | ◌ running [age]: getting build
    ✓ up to date | plan | graph | ✓ cached [age] ago | invalidate | ✓ cached [age] ago | invalidate
    "#);
}
