;;; meta-log-broker-test.el --- A real broker with users and TLS  -*- lexical-binding: t; -*-

;; SPDX-License-Identifier: Apache-2.0

;;; Commentary:

;; A real sidecar meets a real Mosquitto that wants a password, behind TLS with an authority of its own.

;;; Code:

(require 'auth-source)
(require 'meta-log-broker)
(require 'meta-log-real)

(defun meta-log-broker-test--program (name)
  "Return the program NAME, or skip the test."
  (let ((exec-path (append exec-path '("/usr/sbin" "/usr/local/sbin"))))
    (or (executable-find name) (meta-log-real-skip "there is no %s (Debian: apt-get install mosquitto openssl)" name))))

(defun meta-log-broker-test--run (program &rest arguments)
  "Run PROGRAM with ARGUMENTS; what it says is shown when it fails."
  (with-temp-buffer
    (unless (eql 0 (apply #'call-process (meta-log-broker-test--program program) nil t nil arguments))
      (ert-fail (buffer-string)))))

(defun meta-log-broker-test--start ()
  "Start a broker for the user ada; return its port and the file of its authority."
  (let* ((folder (meta-log-real-folder "mosquitto"))
         (file (lambda (name) (expand-file-name name folder)))
         (port (meta-log-real-free-port)))
    (meta-log-broker-test--run
     "openssl" "req" "-x509" "-newkey" "ec" "-pkeyopt" "ec_paramgen_curve:prime256v1" "-nodes" "-days" "2"
     "-subj" "/CN=localhost" "-addext" "subjectAltName=DNS:localhost"
     "-keyout" (funcall file "key.pem") "-out" (funcall file "cert.pem"))
    (meta-log-broker-test--run "mosquitto_passwd" "-b" "-c" (funcall file "passwords") "ada" "c4nary of ada")
    (write-region (format "listener %d 127.0.0.1\ncertfile %s\nkeyfile %s\nallow_anonymous false\npassword_file %s\nuser %s\n"
                          port (funcall file "cert.pem") (funcall file "key.pem") (funcall file "passwords")
                          (user-login-name))
                  nil (funcall file "mosquitto.conf") nil 'silent)
    (let ((process (make-process :name "mosquitto" :noquery t :buffer (generate-new-buffer " *mosquitto*")
                                 :command (list (meta-log-broker-test--program "mosquitto")
                                                "-c" (funcall file "mosquitto.conf")))))
      (push (lambda () (delete-process process)) meta-log-real--cleanup)
      (meta-log-real-wait (lambda () (with-current-buffer (process-buffer process)
                                       (string-search "running" (buffer-string))))
                          'mosquitto))
    (list port (funcall file "cert.pem"))))

(defun meta-log-broker-test--call (function)
  "Call FUNCTION with the port of a broker that this person's settings name."
  (meta-log-real-with
    (pcase-let* ((`(,port ,authority) (meta-log-broker-test--start))
                 (meta-log-broker (format "mqtts://localhost:%d" port))
                 (meta-log-broker-user "ada")
                 (meta-log-broker-ca-file authority))
      (auth-source-forget-all-cached)
      (funcall function port)
      (let ((words (process-command (meta-log-sidecar-process))))
        (should-not (seq-some (lambda (word) (string-search "c4nary" word)) words)))
      (should-not (string-search "c4nary" (with-current-buffer (meta-log-sidecar--stderr) (buffer-string)))))))

(defun meta-log-broker-test--connected-p ()
  "Return non-nil once a broker is connected."
  (equal "connected" (plist-get (car (meta-log-sidecar-broker-states)) :state)))

(ert-deftest meta-log-broker-the-password-comes-from-auth-source ()
  (meta-log-broker-test--call
   (lambda (port)
     (let* ((netrc (expand-file-name "authinfo" (meta-log-real-folder "secret")))
            (auth-sources (list netrc)))
       (with-file-modes #o600
         (write-region (concat "machine localhost port 1 login ada password \"of another port\"\n"
                               "machine localhost port 8883 login ben password \"of another user\"\n"
                               (format "machine localhost port %d login ada password \"c4nary of ada\"\n" port))
                       nil netrc nil 'silent))
       (meta-log-sidecar-ensure)
       (meta-log-real-wait #'meta-log-broker-test--connected-p 'connected)
       (should-not (plist-get (car (meta-log-sidecar-broker-states)) :passwordOf))))))

(ert-deftest meta-log-broker-the-password-is-asked-for-until-it-is-right ()
  (meta-log-broker-test--call
   (lambda (port)
     (let* ((netrc (expand-file-name "authinfo" (meta-log-real-folder "secret")))
            (auth-sources (list netrc))
            (noninteractive nil)
            (answers '("wrong" "c4nary of ada"))
            (prompts nil))
       (with-file-modes #o600
         (write-region "machine localhost login ada password outdated\n" nil netrc nil 'silent))
       (cl-letf (((symbol-function 'read-passwd)
                  (lambda (prompt &rest _) (push prompt prompts) (copy-sequence (pop answers)))))
         (meta-log-sidecar-ensure)
         (meta-log-real-wait #'meta-log-broker-test--connected-p 'connected))
       (should-not answers)
       (should (equal (make-list 2 (format "Wrong.  Password of ada at mqtts://localhost:%d: " port)) prompts))))))

(ert-deftest meta-log-broker-who-gives-no-password-is-asked-on-their-own-wish-alone ()
  (meta-log-broker-test--call
   (lambda (_)
     (let ((auth-sources nil) (noninteractive nil) (asked 0) (refusals 0))
       (cl-letf (((symbol-function 'read-passwd)
                  (lambda (&rest _) (if (= 1 (cl-incf asked)) (signal 'quit nil) (copy-sequence "c4nary of ada"))))
                 ((symbol-function 'meta-log-broker-wants-password)
                  (let ((real (symbol-function 'meta-log-broker-wants-password)))
                    (lambda (connection) (cl-incf refusals) (funcall real connection)))))
         (meta-log-sidecar-ensure)
         ;; The broker is tried again and again meanwhile.
         (meta-log-real-wait (lambda () (> refusals 2)) 'refused)
         (should (= 1 asked))
         (should-not (meta-log-broker-test--connected-p))
         (call-interactively #'meta-log-broker-password)
         (meta-log-real-wait #'meta-log-broker-test--connected-p 'connected)
         (should (= 2 asked))
         (should-error (call-interactively #'meta-log-broker-password) :type 'user-error))))))

(provide 'meta-log-broker-test)

;;; meta-log-broker-test.el ends here
