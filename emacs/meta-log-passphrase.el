;;; meta-log-passphrase.el --- What opens the identity  -*- lexical-binding: t; -*-

;; SPDX-License-Identifier: Apache-2.0

;;; Commentary:

;; Whoever protects the identity with a passphrase (the command line "meta-log identity passphrase") is asked for it when
;; the sidecar starts.  It is not asked for when auth-source knows it, by a line like this in ~/.authinfo.gpg:
;;
;;   machine meta-log login identity password SECRET

;;; Code:

(require 'auth-source)
(require 'meta-log-sidecar)

(defconst meta-log-passphrase--wrong -32063 "The code of the error that says that the identity is not open.")

(defvar meta-log-passphrase--asking nil "Non-nil while the person is asked.")

(defun meta-log-passphrase--known ()
  "Return the passphrase that auth-source knows, or nil."
  (let ((secret (plist-get (car (auth-source-search :host "meta-log" :user "identity" :max 1 :require '(:secret)))
                           :secret)))
    (if (functionp secret) (funcall secret) secret)))

(defun meta-log-passphrase--ask (prompt)
  "Ask the person with PROMPT; return nil when there is nobody or they quit."
  (unless (or noninteractive meta-log-passphrase--asking)
    (let ((meta-log-passphrase--asking t))
      (condition-case nil
          (let ((typed (read-passwd prompt)))
            (unless (string-empty-p typed) typed))
        (quit (message "The identity stays locked: M-x meta-log-passphrase-unlock asks again")
              nil)))))

;;;###autoload
(defun meta-log-passphrase-unlock (&optional wrong)
  "Open the identity with the passphrase that auth-source or the person knows.
With WRONG, the last one was not right, so that the person is asked."
  (interactive)
  (let ((passphrase (or (and (not wrong) (meta-log-passphrase--known))
                        (meta-log-passphrase--ask (if wrong "Wrong.  Passphrase of your meta-log identity: "
                                                    "Passphrase of your meta-log identity: ")))))
    (when passphrase
      ;; A copy, as auth-source keeps its own.
      (let ((handed-over (copy-sequence passphrase)))
        (meta-log-sidecar-ask
         'meta-log/unlock (list :passphrase handed-over)
         (lambda (_)
           (clear-string handed-over)
           (message "meta-log: the identity is open"))
         (lambda (error)
           (clear-string handed-over)
           (if (eql meta-log-passphrase--wrong (plist-get error :code))
               (progn
                 (auth-source-forget (list :host "meta-log" :user "identity" :max 1 :require '(:secret)))
                 (run-at-time 0 nil #'meta-log-passphrase-unlock t))
             (message "meta-log: %s" (plist-get error :message)))))))))

(provide 'meta-log-passphrase)

;;; meta-log-passphrase.el ends here
