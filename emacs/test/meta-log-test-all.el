;;; meta-log-test-all.el --- Load every test  -*- lexical-binding: t; -*-

;; SPDX-License-Identifier: Apache-2.0

;;; Commentary:

;; The functions of the package and of the tests are compiled in memory: the random tests run many thousand steps.

;;; Code:

(require 'bytecomp)
(require 'ert)

(setq load-prefer-newer t ert-batch-backtrace-right-margin 200)

(dolist (file (directory-files (file-name-directory load-file-name) t "-test\\.el\\'"))
  (load file nil t))

(let ((byte-compile-warnings nil) (inhibit-message t))
  (mapatoms (lambda (symbol)
              (when (and (string-prefix-p "meta-log-" (symbol-name symbol))
                         (fboundp symbol)
                         (or (memq (car-safe (symbol-function symbol)) '(closure lambda))
                             (and (fboundp 'interpreted-function-p)
                                  (interpreted-function-p (symbol-function symbol)))))
                (byte-compile symbol)))))

(provide 'meta-log-test-all)
;;; meta-log-test-all.el ends here
