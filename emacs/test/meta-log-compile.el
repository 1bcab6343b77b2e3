;;; meta-log-compile.el --- Compile in memory what was loaded  -*- lexical-binding: t; -*-

;; SPDX-License-Identifier: Apache-2.0

;;; Commentary:

;; People run the package compiled.  Tests run it from its sources, and leave no compiled files behind that could be
;; older than them; so they compile the functions where they are.

;;; Code:

(require 'bytecomp)

(defun meta-log-compile ()
  "Compile every function whose name starts with \"meta-log-\"."
  (let ((byte-compile-warnings nil) (inhibit-message t))
    (mapatoms (lambda (symbol)
                (when (and (string-prefix-p "meta-log-" (symbol-name symbol))
                           (fboundp symbol)
                           (or (memq (car-safe (symbol-function symbol)) '(closure lambda))
                               (and (fboundp 'interpreted-function-p)
                                    (interpreted-function-p (symbol-function symbol)))))
                  (byte-compile symbol))))))

(provide 'meta-log-compile)
;;; meta-log-compile.el ends here
