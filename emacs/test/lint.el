;;; lint.el --- Compile, checkdoc and package-lint, with warnings as errors  -*- lexical-binding: t; -*-

;; SPDX-License-Identifier: Apache-2.0

;;; Commentary:

;; emacs -Q --batch -L . -l test/lint.el FILE...
;; package-lint is used where it is installed; with CI=true its absence is an error.

;;; Code:

(require 'bytecomp)
(require 'checkdoc)

(let ((files command-line-args-left) (failures 0))
  (setq command-line-args-left nil)

  (let* ((folder (make-temp-file "meta-log-elc" t))
         (byte-compile-error-on-warn t)
         (byte-compile-dest-file-function
          (lambda (file) (expand-file-name (concat (file-name-nondirectory file) "c") folder))))
    (dolist (file files)
      (unless (byte-compile-file file)
        (setq failures (1+ failures))))
    (delete-directory folder t))

  (let ((checkdoc-create-error-function
         (lambda (text start _end &optional _unfixable)
           (message "%s:%d: checkdoc: %s" (buffer-file-name) (line-number-at-pos start t) text)
           (setq failures (1+ failures))
           nil))
        (checkdoc-verb-check-experimental-flag nil))
    (dolist (file files)
      (with-current-buffer (find-file-noselect file)
        (checkdoc-current-buffer t))))

  (dolist (folder (file-expand-wildcards "/usr/share/emacs/site-lisp/elpa/package-lint-*"))
    (add-to-list 'load-path folder))
  (dolist (folder (file-expand-wildcards "/usr/share/emacs/site-lisp/elpa/let-alist-*"))
    (add-to-list 'load-path folder t))
  (cond
   ((require 'package-lint nil t)
    (require 'package)
    (setq package-lint-main-file "meta-log.el")
    (dolist (file files)
      (unless (string-match-p "/test/\\|^test/" file)
        (with-current-buffer (find-file-noselect file)
          (pcase-dolist (`(,line ,column ,type ,text) (package-lint-buffer))
            ;; The package-lint of Debian 12 is older than Emacs 28.1.
            (unless (string-search "uninstallable in all released Emacs versions" text)
              (message "%s:%d:%d: package-lint %s: %s" file line column type text)
              (setq failures (1+ failures))))))))
   ((equal (getenv "CI") "true") (message "package-lint is not installed") (setq failures (1+ failures)))
   (t (message "skipped: package-lint is not installed")))

  (kill-emacs (if (= 0 failures) 0 1)))
;;; lint.el ends here
