;;; meta-log-test-all.el --- Load every test  -*- lexical-binding: t; -*-

;; SPDX-License-Identifier: Apache-2.0

;;; Commentary:

;; emacs -Q --batch -L . -L test -l test/meta-log-test-all.el -f ert-run-tests-batch-and-exit

;;; Code:

(require 'ert)
(require 'meta-log-compile)

(setq load-prefer-newer t ert-batch-backtrace-right-margin 200)

(dolist (file (directory-files (file-name-directory load-file-name) t "-test\\.el\\'"))
  (load file nil t))

(meta-log-compile)

(provide 'meta-log-test-all)
;;; meta-log-test-all.el ends here
