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
(wait-for-lens "up to date")
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
