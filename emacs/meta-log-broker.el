;;; meta-log-broker.el --- Which broker, as whom, and with what password  -*- lexical-binding: t; -*-

;; SPDX-License-Identifier: Apache-2.0

;;; Commentary:

;; `meta-log-broker' names the broker to meet peers at.  If it wants a password for `meta-log-broker-user', that comes
;; from auth-source, by a line like this in ~/.authinfo.gpg, or else from the person:
;;
;;   machine broker.example port 8883 login ada password SECRET
;;
;; It goes to the sidecar in a message, so it is among no program's arguments and in no environment.

;;; Code:

(require 'auth-source)
(require 'url-parse)
(require 'meta-log-sidecar)

(defcustom meta-log-broker nil
  "The MQTT broker to meet peers at, `mqtt://HOST:PORT' or `mqtts://HOST:PORT'.
When it is nil, that is the one in the environment variable
META_LOG_MQTT_BROKER, or else the broker of this machine.  It counts from the
next start of the sidecar."
  :group 'meta-log
  :type '(choice (const :tag "From the environment, or this machine's" nil) string))

(defcustom meta-log-broker-user nil
  "As whom to go to the broker; nil means the user in its address, if any."
  :group 'meta-log
  :type '(choice (const :tag "As its address says" nil) string))

(defcustom meta-log-broker-ca-file nil
  "A file of certificates (PEM), one of which vouches for an `mqtts' broker.
When it is nil, that is the one in META_LOG_MQTT_CA_FILE, or else any that this
system believes."
  :group 'meta-log
  :type '(choice (const :tag "From the environment, or the system's" nil) file))

(defconst meta-log-broker--wrong -32064 "The code of the error that says that the password is wrong.")

(defvar meta-log-broker--asking nil "The brokers whose password is being asked for, or tried.")
(defvar meta-log-broker--declined nil "The brokers whose password the person did not give.")

(defun meta-log-broker-options ()
  "Return what the options of `initialize' say of the broker."
  (setq meta-log-broker--asking nil meta-log-broker--declined nil)
  (append (and meta-log-broker (list :broker meta-log-broker))
          (and meta-log-broker-user (list :brokerUser meta-log-broker-user))
          (and meta-log-broker-ca-file (list :brokerCaFile (expand-file-name meta-log-broker-ca-file)))))

(defun meta-log-broker--search (connection)
  "Return what to ask auth-source for the password that CONNECTION wants."
  (let* ((url (url-generic-parse-url (plist-get connection :broker)))
         (port (url-portspec url)))
    (list :host (string-trim (url-host url) "\\[" "\\]")
          :port (cons (url-type url) (and port (list (number-to-string port))))
          :user (plist-get connection :passwordOf)
          :max 1 :require '(:secret))))

(defun meta-log-broker--known (connection)
  "Return the password for CONNECTION that auth-source knows, or nil."
  (let ((secret (plist-get (car (apply #'auth-source-search (meta-log-broker--search connection))) :secret)))
    (if (functionp secret) (funcall secret) secret)))

(defun meta-log-broker--ask (connection wrong)
  "Ask the person for the password of CONNECTION; with WRONG, once more.
Return nil when there is nobody or they quit."
  (unless noninteractive
    (condition-case nil
        (let ((typed (read-passwd (format "%sPassword of %s at %s: " (if wrong "Wrong.  " "")
                                          (plist-get connection :passwordOf) (plist-get connection :broker)))))
          (unless (string-empty-p typed) typed))
      (quit nil))))

(defun meta-log-broker-wants-password (connection)
  "Give the broker of CONNECTION the password it wants.
A person who did not give it is not asked again by itself."
  (let ((broker (plist-get connection :broker)))
    (unless (or (member broker meta-log-broker--asking) (member broker meta-log-broker--declined))
      (meta-log-broker--give connection nil))))

(defun meta-log-broker--give (connection wrong)
  "Give the broker of CONNECTION a password; with WRONG, the last was not right."
  (let ((broker (plist-get connection :broker))
        (password nil))
    (push broker meta-log-broker--asking)
    (unwind-protect
        (setq password (or (and (not wrong) (meta-log-broker--known connection))
                           (meta-log-broker--ask connection wrong)))
      (unless password
        (setq meta-log-broker--asking (delete broker meta-log-broker--asking))))
    (if password
        (meta-log-broker--try connection (copy-sequence password))
      (push broker meta-log-broker--declined)
      (message "meta-log: %s wants a password for %s: M-x meta-log-broker-password asks again"
               broker (plist-get connection :passwordOf)))))

(defun meta-log-broker--try (connection password)
  "Have PASSWORD tried at the broker of CONNECTION, and wiped then."
  (let* ((broker (plist-get connection :broker))
         (settle (lambda ()
                   (clear-string password)
                   (setq meta-log-broker--asking (delete broker meta-log-broker--asking)))))
    (meta-log-sidecar-ask
     'meta-log/brokerPassword (list :broker broker :password password)
     (lambda (_)
       (funcall settle)
       (message "meta-log: connected to %s as %s" broker (plist-get connection :passwordOf)))
     (lambda (error)
       (funcall settle)
       (if (not (eql meta-log-broker--wrong (plist-get error :code)))
           (message "meta-log: %s" (plist-get error :message))
         (auth-source-forget (meta-log-broker--search connection))
         (run-at-time 0 nil #'meta-log-broker--give connection t))))))

;;;###autoload
(defun meta-log-broker-password ()
  "Give the password of a broker that wants one."
  (interactive)
  (let ((wanting (seq-filter (lambda (connection) (plist-get connection :passwordOf)) (meta-log-sidecar-broker-states))))
    (unless wanting (user-error "No broker wants a password"))
    (setq meta-log-broker--declined nil)
    (mapc #'meta-log-broker-wants-password wanting)))

(provide 'meta-log-broker)

;;; meta-log-broker.el ends here
