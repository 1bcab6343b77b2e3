;;; meta-log-real.el --- Real sidecars, real Emacsen, real keys  -*- lexical-binding: t; -*-

;; SPDX-License-Identifier: Apache-2.0

;;; Commentary:

;; What the tests with the real sidecar are made of.  The sidecar is what the launcher starts; META_LOG_COMMAND (words
;; separated by blanks) names another.  Every test has its own homes, its own workspaces and its own broker port.
;;
;; A test has up to three kinds of people: this Emacs itself, a batch Emacs driven by JSON lines, and an Emacs on a
;; terminal into which tmux types.

;;; Code:

(require 'cl-lib)
(require 'ert)
(require 'server)
(require 'meta-log)
(require 'meta-log-driver)
(require 'meta-log-peer-sync-demo)

(defvar meta-log-real--folder nil "Where the test keeps everything.")
(defvar meta-log-real--cleanup nil "Functions to call when the test ends.")
(defvar meta-log-real--count 0 "How many people there are.")

(defconst meta-log-real--tests (file-name-directory (or load-file-name buffer-file-name)) "Where this file lies.")
(defconst meta-log-real--root (expand-file-name "../.." meta-log-real--tests) "The project.")

(defun meta-log-real-skip (format &rest arguments)
  "Skip the test because of FORMAT and ARGUMENTS; with CI=true, fail."
  (let ((why (apply #'format format arguments)))
    (if (equal (getenv "CI") "true")
        (ert-fail why)
      (message "skipped: %s" why)
      (ert-skip why))))

(defun meta-log-real-command ()
  "Return the sidecar's command line, or skip the test."
  (let ((given (getenv "META_LOG_COMMAND"))
        (launcher (expand-file-name "meta-log" meta-log-real--root)))
    (cond ((and given (not (string-empty-p given))) (meta-log-driver--words given))
          ((not (executable-find "java")) (meta-log-real-skip "there is no java"))
          ((file-executable-p launcher) (list launcher "serve"))
          (t (meta-log-real-skip "there is no launcher %s" launcher)))))

(defun meta-log-real-wait (condition &optional what seconds)
  "Wait until CONDITION returns non-nil and return that; fail with WHAT after SECONDS (15)."
  (let ((deadline (+ (float-time) (or seconds 15))) value)
    (while (and (not (setq value (funcall condition))) (< (float-time) deadline))
      (accept-process-output nil 0.01))
    (or value (ert-fail (list "waited in vain" what)))))

(defun meta-log-real-folder (name)
  "Return a new folder called NAME."
  (let ((folder (file-name-as-directory (expand-file-name (format "%s-%d" name (cl-incf meta-log-real--count))
                                                          meta-log-real--folder))))
    (with-file-modes #o700 (make-directory folder t))
    folder))

(defun meta-log-real-free-port ()
  "Return a port that nobody listens on."
  (let ((server (make-network-process :name "port" :server t :service t :host "127.0.0.1" :family 'ipv4 :noquery t)))
    (prog1 (process-contact server :service) (delete-process server))))

(defun meta-log-real-call (function)
  "Call FUNCTION as a person with a home, a workspace and a broker of their own."
  (let* ((command (meta-log-real-command))
         (meta-log-real--folder (file-truename (make-temp-file "meta-log-real" t)))
         (meta-log-real--cleanup nil)
         (meta-log-workspace (meta-log-real-folder "workspace"))
         (default-directory meta-log-workspace)
         (user-emacs-directory (meta-log-real-folder "dot-emacs"))
         (process-environment (append (list (concat "META_LOG_HOME=" (meta-log-real-folder "home"))
                                            (format "META_LOG_BROKER_PORT=%d" (meta-log-real-free-port))
                                            "META_LOG_MQTT_BROKER")
                                      process-environment))
         (meta-log-command command)
         (create-lockfiles nil) (make-backup-files nil) (auto-save-default nil)
         (before (buffer-list)))
    (unwind-protect
        (funcall function)
      (dolist (clean meta-log-real--cleanup) (with-demoted-errors "cleaning up: %S" (funcall clean)))
      (dolist (buffer (buffer-list))
        (unless (memq buffer before)
          (with-current-buffer buffer
            (set-buffer-modified-p nil)
            (let ((kill-buffer-query-functions nil)) (kill-buffer buffer)))))
      (meta-log-sidecar-stop)
      (setq meta-log-identity--current-peer nil
            meta-log-federation--announced nil
            meta-log-federation--initialized-p nil)
      (clrhash meta-log-federation--peers)
      ;; The sidecar of an Emacs on a terminal may still be writing down what it saw.
      (meta-log-real-wait (lambda ()
                            (condition-case nil
                                (progn (delete-directory meta-log-real--folder t) t)
                              (file-error nil)))
                          'deleted))))

(defmacro meta-log-real-with (&rest body)
  "Run BODY as a person with a home, a workspace and a broker of their own."
  (declare (indent 0) (debug t))
  `(meta-log-real-call (lambda () ,@body)))

(defun meta-log-real-visit (name text)
  "Return a buffer that visits a new file NAME with TEXT in the workspace."
  (let ((coding-system-for-write 'utf-8-unix))
    (write-region text nil (expand-file-name name meta-log-workspace) nil 'quiet))
  (with-current-buffer (meta-log-document-visit (expand-file-name name meta-log-workspace))
    (buffer-enable-undo)
    (current-buffer)))

(defun meta-log-real-summary (buffer)
  "Return what the mode line says of BUFFER's document."
  (with-current-buffer buffer (meta-log-document-summary (meta-log-document-here))))

;;; A driven Emacs

(cl-defstruct meta-log-real-peer
  "A driven editor."
  process connection (input "") (results nil) (events nil) (id 0) workspace)

(defun meta-log-real-other-emacs ()
  "Return the other Emacs that was given for tests in META_LOG_OTHER_EMACS, or this one."
  (or (getenv "META_LOG_OTHER_EMACS") (expand-file-name invocation-name invocation-directory)))

(defun meta-log-real-start-peer (&rest environment)
  "Start a batch Emacs that obeys us, with ENVIRONMENT, and return it."
  (let* ((peer (make-meta-log-real-peer :workspace (meta-log-real-folder "workspace")))
         (listener (make-network-process
                    :name "driver" :server t :service t :host "127.0.0.1" :family 'ipv4 :coding 'no-conversion :noquery t
                    :filter (lambda (_ bytes) (meta-log-real--peer-said peer bytes))
                    :sentinel (lambda (process change)
                                (when (string-prefix-p "open" change)
                                  (setf (meta-log-real-peer-connection peer) process)))))
         (process-environment
          (append environment
                  (list (format "META_LOG_DRIVER_PORT=%d" (process-contact listener :service))
                        (concat "META_LOG_WORKSPACE=" (meta-log-real-peer-workspace peer))
                        (concat "META_LOG_HOME=" (meta-log-real-folder "home"))
                        (concat "META_LOG_COMMAND="
                                (mapconcat (lambda (word) (string-replace " " "\\ " word)) (meta-log-real-command) " "))
                        ;; What starts this Emacs may not suit the other one.
                        "EMACSLOADPATH" "EMACSDATA" "EMACSDOC" "EMACSPATH")
                  process-environment)))
    (setf (meta-log-real-peer-process peer)
          (make-process :name "driven" :noquery t :buffer (generate-new-buffer " *driven*")
                        :command (list (meta-log-real-other-emacs) "-Q" "--batch"
                                       "-L" (expand-file-name "emacs" meta-log-real--root)
                                       "-l" (expand-file-name "meta-log-driver.el" meta-log-real--tests)
                                       "-f" "meta-log-driver-main")))
    (push (lambda ()
            (when (process-live-p (meta-log-real-peer-process peer))
              (ignore-errors (meta-log-real-tell peer :op "quit")))
            (delete-process listener)
            (delete-process (meta-log-real-peer-process peer)))
          meta-log-real--cleanup)
    (meta-log-real-wait (lambda () (meta-log-real-event peer "ready")) 'ready 30)
    peer))

(defun meta-log-real--peer-said (peer bytes)
  "Take BYTES from PEER."
  (let* ((parts (split-string (concat (meta-log-real-peer-input peer) bytes) "\n")))
    (setf (meta-log-real-peer-input peer) (car (last parts)))
    (dolist (line (butlast parts))
      (let ((message (meta-log-wire--parse line)))
        (if (plist-get message :event)
            (push message (meta-log-real-peer-events peer))
          (push message (meta-log-real-peer-results peer)))))))

(defun meta-log-real-event (peer name)
  "Return the latest event NAME of PEER, or nil."
  (cl-find name (meta-log-real-peer-events peer) :key (lambda (event) (plist-get event :event)) :test #'equal))

(defun meta-log-real-send (peer &rest command)
  "Send COMMAND, a plist, to PEER and return its id."
  (let ((id (cl-incf (meta-log-real-peer-id peer))))
    (process-send-string (meta-log-real-peer-connection peer)
                         (meta-log-driver--encode (append (list :id id) command)))
    id))

(defun meta-log-real-result (peer id &optional seconds)
  "Wait at most SECONDS for the result ID of PEER and return it."
  (let ((deadline (+ (float-time) (or seconds 25))) result)
    (while (and (not (setq result (cl-find id (meta-log-real-peer-results peer)
                                           :key (lambda (result) (plist-get result :id)))))
                (< (float-time) deadline)
                (process-live-p (meta-log-real-peer-process peer)))
      (accept-process-output (meta-log-real-peer-connection peer) 0.02))
    (setf (meta-log-real-peer-results peer) (delq result (meta-log-real-peer-results peer)))
    (or result (ert-fail (list "no result" id (with-current-buffer (process-buffer (meta-log-real-peer-process peer))
                                                (buffer-string)))))))

(defun meta-log-real-tell (peer &rest command)
  "Have PEER carry out COMMAND, a plist, and return the result; fail if it is refused."
  (let ((result (meta-log-real-result peer (apply #'meta-log-real-send peer command))))
    (unless (eq t (plist-get result :ok)) (ert-fail (list command result)))
    result))

(defun meta-log-real-pair (text &rest environment)
  "Return (BUFFER . PEER): a live buffer here with TEXT, and a driven Emacs with ENVIRONMENT that has joined it."
  (let ((buffer (meta-log-real-visit "shared.canvasl" text)) invitation peer)
    (setq invitation (with-current-buffer buffer (meta-log-federation-init) (meta-log-share)))
    (setq peer (apply #'meta-log-real-start-peer environment))
    (meta-log-real-tell peer :op "federate")
    (meta-log-real-tell peer :op "join" :invitation invitation)
    (meta-log-real-tell peer :op "waitFor" :text text)
    (cons buffer peer)))

(defun meta-log-real-text (buffer)
  "Return BUFFER's text."
  (with-current-buffer buffer (save-restriction (widen) (buffer-substring-no-properties (point-min) (point-max)))))

(defun meta-log-real-converge (buffer peer)
  "Wait until BUFFER and PEER show the same and nothing is under way; return the text."
  (let (same)
    (meta-log-real-wait
     (lambda ()
       (let ((here (meta-log-real-text buffer)))
         (setq same (and (equal here (plist-get (meta-log-real-tell peer :op "text") :text))
                         (equal "in sync" (meta-log-real-summary buffer))
                         here))))
     (list 'converge (meta-log-real-summary buffer)) 30)
    same))

;;; An Emacs on a terminal

(cl-defstruct meta-log-real-terminal
  "An Emacs on a terminal."
  socket server workspace)

(defun meta-log-real--tmux (terminal &rest arguments)
  "Call tmux for TERMINAL with ARGUMENTS and return what it prints."
  (with-temp-buffer
    (unless (= 0 (apply #'call-process "tmux" nil t nil "-f" "/dev/null" "-S" (meta-log-real-terminal-socket terminal)
                        arguments))
      (ert-fail (list "tmux" arguments (buffer-string))))
    (buffer-string)))

(defun meta-log-real-start-terminal ()
  "Start this kind of Emacs on a terminal and return it."
  (unless (executable-find "tmux") (meta-log-real-skip "there is no tmux"))
  (let* ((folder (meta-log-real-folder "terminal"))
         (terminal (make-meta-log-real-terminal :socket (expand-file-name "tmux" folder)
                                                :server (expand-file-name "server" folder)
                                                :workspace (meta-log-real-folder "workspace")))
         (init (expand-file-name "init.el" folder)))
    (with-temp-file init
      (prin1 `(progn
                (setq server-socket-dir ,folder server-use-tcp nil server-name "server"
                      inhibit-startup-screen t auto-save-default nil make-backup-files nil create-lockfiles nil
                      meta-log-workspace ,(meta-log-real-terminal-workspace terminal)
                      meta-log-command ',(meta-log-real-command))
                (setenv "META_LOG_HOME" ,(meta-log-real-folder "home"))
                (require 'server)
                (add-to-list 'load-path ,(expand-file-name "emacs" meta-log-real--root))
                (require 'meta-log-peer-sync-demo)
                (server-start))
             (current-buffer)))
    (let ((process-environment (cons "TERM=xterm-256color" process-environment)))
      (meta-log-real--tmux terminal "new-session" "-d" "-x" "100" "-y" "30"
                           (format "%s -nw -Q -l %s"
                                   (shell-quote-argument
                                    (or (getenv "META_LOG_EMACS") (expand-file-name invocation-name invocation-directory)))
                                   (shell-quote-argument init))))
    (push (lambda ()
            (ignore-errors (meta-log-real-eval terminal '(let ((kill-emacs-query-functions nil))
                                                           (run-with-timer 0 nil #'kill-emacs))))
            (ignore-errors (meta-log-real--tmux terminal "kill-server")))
          meta-log-real--cleanup)
    (meta-log-real-wait (lambda () (file-exists-p (meta-log-real-terminal-server terminal))) 'terminal)
    terminal))

(defun meta-log-real-eval (terminal form)
  "Have the Emacs on TERMINAL evaluate FORM and return its value."
  (let ((server-socket-dir (file-name-directory (meta-log-real-terminal-server terminal)))
        (server-use-tcp nil))
    (server-eval-at "server" form)))

(defun meta-log-real-keys (terminal &rest keys)
  "Type KEYS, named as tmux names them, on TERMINAL."
  (apply #'meta-log-real--tmux terminal "send-keys" keys))

(defun meta-log-real-type (terminal text)
  "Type TEXT on TERMINAL."
  (meta-log-real--tmux terminal "send-keys" "-l" text))

(defun meta-log-real-screen (terminal)
  "Return what TERMINAL shows."
  (meta-log-real--tmux terminal "capture-pane" "-p"))

(provide 'meta-log-real)
;;; meta-log-real.el ends here
