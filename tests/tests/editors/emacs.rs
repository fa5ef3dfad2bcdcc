//! Emacs with Eglot, in batch mode.

use crate::{
    install,
    setup::{Desk, documented},
};

/// Opens the config, waits for what the server says, runs the lens that applies, and waits until
/// the server says that everything is cached.
const SCRIPT: &str = r#"
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

(find-file "CONFIG")
(princ (format "%s\n" major-mode))
(run-hooks 'post-command-hook)
(wait-until "a server" #'eglot-current-server)
(flymake-start)
(wait-until "diagnostics" (lambda () (= 2 (length (flymake-diagnostics)))))
(dolist (told (flymake-diagnostics))
  (princ (format "%d: %s\n" (line-number-at-pos (flymake-diagnostic-beg told))
                 (flymake-diagnostic-text told))))
(princ (format "%s\n" (lens-titles)))
(cl-letf (((symbol-function 'completing-read) (lambda (_ choices &rest _) (car (car choices)))))
  (rig-run-lens))
(wait-until "applied" (lambda () (string-match-p "up to date" (lens-titles))))
(princ (format "%s\n" (replace-regexp-in-string "[0-9]+s ago" "[age] ago" (lens-titles))))
(wait-until "no diagnostics" (lambda () (= 0 (length (flymake-diagnostics)))))
(eglot-shutdown (eglot-current-server))
"#;

#[test]
fn emacs_shows_the_plan_and_applies_it() {
    let desk = Desk::new();
    let script = SCRIPT.replace("CONFIG", desk.config().to_str().unwrap());
    let setup = desk.write(
        "init.el",
        &format!("{}\n{script}", documented("Emacs", "elisp")),
    );
    let setup = setup.to_str().unwrap();
    let [printed, messages] = desk.run(&install::emacs(), &["--batch", "-l", setup]);
    insta::assert_snapshot!(printed, &messages, @r#"
    rig-config-mode
    5: rigkit [never-run]: pending: never ran
    6: rigkit [never-run]: pending: never ran
    ▶ apply (2 pending) | plan | graph | ● never ran | apply up to here | ● never ran | apply up to here
    ✓ up to date | plan | graph | ✓ cached [age] ago | invalidate | ✓ cached [age] ago | invalidate
    "#);
}
