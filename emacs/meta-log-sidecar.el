;;; meta-log-sidecar.el --- Start, ask and revive the sidecar  -*- lexical-binding: t; -*-

;; SPDX-License-Identifier: Apache-2.0

;;; Commentary:

;; One sidecar process serves this Emacs.  Its life:
;;
;;     stopped ──start──▶ starting ──initialize answered──▶ ready
;;        ▲                  │ died                           │ died
;;        │ stop             ▼                                ▼
;;        └─────────────── waiting ◀──────────────────────────┘
;;                           └── after a growing pause ──▶ starting
;;
;; Everything else in the package asks through `meta-log-sidecar-call' or `meta-log-sidecar-ask', listens with methods
;; of `meta-log-sidecar-on', and is told about the two edges of "ready" by hooks, where documents are opened again.

;;; Code:

(require 'cl-lib)
(require 'project)
(require 'subr-x)
(require 'url-util)
(require 'meta-log-wire)

(defgroup meta-log nil
  "Text that is live, shared and durable, peer to peer."
  :group 'communication
  :prefix "meta-log-")

(defcustom meta-log-command nil
  "The command line that starts the sidecar.
When it is nil, that is the launcher `meta-log' in the folder above this
package or on variable `exec-path', with the argument \"serve\"."
  :type '(choice (const :tag "Find the launcher" nil)
                 (repeat :tag "Program and arguments" string)))

(defcustom meta-log-workspace nil
  "The folder whose files can be shared.
When it is nil, it is the project around the first buffer that needs the
sidecar, or else that buffer's folder."
  :type '(choice (const :tag "The project of the first buffer" nil) directory))

(defcustom meta-log-start-timeout-seconds 20
  "How long to wait for the sidecar's first answer."
  :type 'number)

(defcustom meta-log-longest-pause-seconds 10
  "The longest pause before the sidecar is started once more."
  :type 'number)

(defvar meta-log-sidecar-ready-hook nil
  "Run each time the sidecar is ready, also after it was started once more.")

(defvar meta-log-sidecar-down-hook nil
  "Run each time the sidecar has ended.")

(defvar meta-log-sidecar-options-functions nil
  "Each returns what it adds to the options of `initialize', a plist.")

(define-error 'meta-log-error "Meta-log")

(cl-defstruct (meta-log-sidecar (:constructor meta-log-sidecar--make) (:copier nil))
  "The sidecar of this Emacs."
  (state 'stopped :documentation "`stopped', `starting', `ready' or `waiting'.")
  (wire nil :documentation "The connection, while there is one.")
  (workspace nil :documentation "The folder it works in, with a slash at the end.")
  (encoding 'utf-16 :documentation "What a column counts.")
  (failures 0 :documentation "How often in a row it ended before it had run for a while.")
  (since 0.0 :documentation "When it became ready.")
  (timer nil :documentation "The timer that will start it once more.")
  (connections nil :documentation "The last `meta-log/connection' of each broker: ((URL . PLIST)...).")
  (exit-code nil :documentation "The code, or signal, with which it last ended.")
  (explanation nil :documentation "Why it last ended."))

(defvar meta-log-sidecar--the (meta-log-sidecar--make) "The sidecar of this Emacs.")

(defun meta-log-sidecar-state-now ()
  "Return the sidecar's state: `stopped', `starting', `ready' or `waiting'."
  (meta-log-sidecar-state meta-log-sidecar--the))

(defun meta-log-sidecar-ready-p ()
  "Return non-nil when the sidecar takes messages."
  (eq (meta-log-sidecar-state meta-log-sidecar--the) 'ready))

(defun meta-log-sidecar-position-encoding ()
  "Return what a column of a position counts: `utf-32', `utf-16' or `utf-8'."
  (meta-log-sidecar-encoding meta-log-sidecar--the))

(defun meta-log-sidecar-process ()
  "Return the sidecar's process, or nil."
  (let ((wire (meta-log-sidecar-wire meta-log-sidecar--the)))
    (and wire (meta-log-wire-process wire))))

(defun meta-log-sidecar-broker-states ()
  "Return the last state of each broker, a list of plists."
  (mapcar #'cdr (meta-log-sidecar-connections meta-log-sidecar--the)))

(defun meta-log-sidecar-uri (file)
  "Return the URI of FILE."
  (concat "file://" (url-hexify-string (expand-file-name file) url-path-allowed-chars)))

(defun meta-log-sidecar-file (uri)
  "Return the file that URI names, or nil when it names none of this machine."
  (when (string-match "\\`file://\\(?:localhost\\)?\\(/.*\\)\\'" uri)
    (let ((path (match-string 1 uri)))
      (decode-coding-string (url-unhex-string path) 'utf-8))))

;;; What the sidecar says

(cl-defgeneric meta-log-sidecar-answer (method params)
  "Return the result for a request of the sidecar: METHOD with PARAMS."
  (ignore params)
  (jsonrpc-error :code -32601 :message (format "This editor does not know %s" method)))

(cl-defgeneric meta-log-sidecar-on (method params)
  "Take note of the sidecar's notification METHOD with PARAMS."
  (ignore method params))

(cl-defmethod meta-log-sidecar-answer ((_ (eql window/workDoneProgress/create)) _params) "Take progress reports." nil)
(cl-defmethod meta-log-sidecar-answer ((_ (eql client/registerCapability)) _params) "Take any registration." nil)
(cl-defmethod meta-log-sidecar-answer ((_ (eql window/showMessageRequest)) params)
  "Show the message in PARAMS; no action is chosen for the person."
  (meta-log-sidecar-on 'window/showMessage params)
  nil)

(cl-defmethod meta-log-sidecar-on ((_ (eql window/showMessage)) params)
  "Show the message in PARAMS to the person."
  (let ((text (format "meta-log: %s" (plist-get params :message))))
    (if (memq (plist-get params :type) '(1 2))
        (display-warning 'meta-log text (if (eq (plist-get params :type) 1) :error :warning))
      (message "%s" text))))

;; Nobody needs it who has no passphrase.
(autoload 'meta-log-passphrase-unlock "meta-log-passphrase" nil t)

(cl-defmethod meta-log-sidecar-on ((_ (eql meta-log/locked)) _params)
  "A passphrase is wanted; the person cannot be asked while messages are read."
  (run-at-time 0 nil #'meta-log-passphrase-unlock))

;; Nor these who meets at this machine's broker.
(autoload 'meta-log-broker-options "meta-log-broker")
(autoload 'meta-log-broker-wants-password "meta-log-broker")
(autoload 'meta-log-broker-password "meta-log-broker" nil t)

(cl-defmethod meta-log-sidecar-on ((_ (eql meta-log/connection)) params)
  "Keep the state of the broker in PARAMS."
  (when (plist-get params :passwordOf)
    (run-at-time 0 nil #'meta-log-broker-wants-password params))
  (setf (alist-get (plist-get params :broker) (meta-log-sidecar-connections meta-log-sidecar--the) nil nil #'equal)
        params)
  (force-mode-line-update t))

;;; Starting

(defvar meta-log-sidecar--folder (file-name-directory (or load-file-name buffer-file-name default-directory))
  "Where this package lies.")

(defun meta-log-sidecar--command ()
  "Return the command line that starts the sidecar, or signal what is missing."
  (let* ((command (or meta-log-command
                      (when-let ((above (locate-dominating-file
                                         meta-log-sidecar--folder
                                         (lambda (folder)
                                           (let ((launcher (expand-file-name "meta-log" folder)))
                                             (and (file-regular-p launcher) (file-executable-p launcher)))))))
                        (list (expand-file-name "meta-log" above) "serve"))
                      (list "meta-log" "serve")))
         (program (executable-find (car command))))
    (unless program
      (signal 'meta-log-error
              (list (format "The sidecar cannot be started: there is no program %S; install it or set `meta-log-command'"
                            (car command)))))
    (cons program (cdr command))))

(defun meta-log-sidecar--choose-workspace ()
  "Return the folder that the sidecar shall work in."
  (file-name-as-directory
   (expand-file-name
    (or meta-log-workspace
        (when-let ((project (project-current))) (project-root project))
        default-directory))))

(defun meta-log-sidecar--stderr ()
  "Return the buffer that holds what the sidecar writes to standard error."
  (get-buffer-create "*meta-log log*"))

(defun meta-log-sidecar--log (_process text)
  "Keep TEXT, and the last 100 kB of what was said before it."
  (with-current-buffer (meta-log-sidecar--stderr)
    (let ((inhibit-read-only t) (buffer-undo-list t))
      (save-excursion
        (goto-char (point-max))
        (insert text)
        (when (> (buffer-size) 150000)
          (delete-region (point-min) (- (point-max) 100000)))))))

(defconst meta-log-sidecar--build-seconds 900
  "How long the launcher may take to build the sidecar, once.")

(defun meta-log-sidecar--building-p ()
  "Return non-nil if the launcher has said that it builds the sidecar first."
  (with-current-buffer (meta-log-sidecar--stderr)
    (save-excursion
      (goto-char (point-min))
      (when (re-search-forward "^meta-log: \\(building\\|waiting for another build\\)" nil t)
        (goto-char (point-max))
        (forward-line -1)
        (let ((message-log-max nil))
          (message "%s" (buffer-substring-no-properties (point) (line-end-position))))
        t))))

(defun meta-log-sidecar--last-words ()
  "Return the last lines of the sidecar's log."
  (with-current-buffer (meta-log-sidecar--stderr)
    (string-trim (buffer-substring-no-properties (max (point-min) (- (point-max) 600)) (point-max)))))

(defun meta-log-sidecar--deaf-to-hangup (command)
  "Return COMMAND so that its process takes no notice of SIGHUP.
Emacs sends that when it ends.  The sidecar shall end by the end of its input
instead, after everything that was typed has been read."
  (if (and (not (memq system-type '(windows-nt ms-dos))) (file-executable-p "/bin/sh"))
      `("/bin/sh" "-c" "trap '' HUP; exec \"$@\"" "sh" ,@command)
    command))

(defun meta-log-sidecar--spawn (folder)
  "Start the sidecar's process in FOLDER and return it."
  (let* ((command (meta-log-sidecar--command))
         (default-directory folder)
         ;; Waiting for more output before handing over what is there would only add delay.
         (process-adaptive-read-buffering nil)
         (stderr (make-pipe-process :name "meta-log log" :buffer nil :noquery t :coding 'utf-8-unix
                                    :filter #'meta-log-sidecar--log :sentinel #'ignore)))
    (condition-case err
        (let ((process (make-process :name "meta-log" :command (meta-log-sidecar--deaf-to-hangup command)
                                     :connection-type 'pipe :noquery t
                                     :coding 'no-conversion :buffer nil :stderr stderr)))
          (process-put process 'meta-log-stderr stderr)
          process)
      (error
       (delete-process stderr)
       (signal 'meta-log-error (list (format "The sidecar cannot be started with %S: %s"
                                             command (error-message-string err))))))))

(defun meta-log-sidecar--launch (sidecar)
  "Start the process of SIDECAR and say `initialize' to it."
  (let* ((process (meta-log-sidecar--spawn (meta-log-sidecar-workspace sidecar)))
         (wire (meta-log-wire-open "meta-log" process 'meta-log/identity
                                   (lambda (_ method params) (meta-log-sidecar-answer method params))
                                   (lambda (_ method params) (meta-log-sidecar-on method params))
                                   (lambda (wire) (meta-log-sidecar--died sidecar wire)))))
    (with-current-buffer (meta-log-sidecar--stderr)
      (let ((inhibit-read-only t)) (erase-buffer)))
    (setf (meta-log-sidecar-wire sidecar) wire
          (meta-log-sidecar-state sidecar) 'starting
          (meta-log-sidecar-connections sidecar) nil)
    (meta-log-wire-request wire 'initialize (meta-log-sidecar--initialize-params sidecar)
                           (lambda (result) (meta-log-sidecar--initialized sidecar wire result))
                           (lambda (error)
                             ;; If the process ended, its last words tell more.
                             (when (process-live-p process)
                               (setf (meta-log-sidecar-explanation sidecar) (plist-get error :message))
                               (delete-process process))))
    wire))

(defun meta-log-sidecar--initialize-params (sidecar)
  "Return the parameters of `initialize' for SIDECAR."
  (let* ((folder (directory-file-name (meta-log-sidecar-workspace sidecar)))
         (uri (meta-log-sidecar-uri folder)))
    `( :processId ,(emacs-pid)
       :clientInfo (:name "Emacs" :version ,emacs-version)
       :rootUri ,uri
       :workspaceFolders ,(vector (list :uri uri :name (file-name-nondirectory folder)))
       :capabilities ( :general (:positionEncodings ["utf-32" "utf-8" "utf-16"])
                       :workspace ( :applyEdit t
                                    :workspaceEdit (:documentChanges t))
                       :textDocument (:synchronization (:didSave t)))
       :initializationOptions ( :protocolVersion 1
                                :editorName ,(format "Emacs %s" emacs-version)
                                ,@(meta-log-broker-options)
                                ,@(apply #'append (mapcar #'funcall meta-log-sidecar-options-functions))))))

(defun meta-log-sidecar--initialized (sidecar wire result)
  "Take SIDECAR's answer RESULT to `initialize', which came over WIRE."
  (let* ((capabilities (plist-get result :capabilities))
         (encoding (or (plist-get capabilities :positionEncoding) "utf-16")))
    (setf (meta-log-sidecar-encoding sidecar) (intern encoding)
          (meta-log-sidecar-state sidecar) 'ready
          (meta-log-sidecar-since sidecar) (float-time)
          (meta-log-sidecar-explanation sidecar) nil)
    (jsonrpc-notify wire 'initialized (make-hash-table :size 1))
    (run-hooks 'meta-log-sidecar-ready-hook)
    (force-mode-line-update t)))

(defun meta-log-sidecar--died (sidecar wire)
  "The process behind WIRE has ended: let SIDECAR start it once more.
That is, unless it was stopped."
  (when-let ((stderr (process-get (meta-log-wire-process wire) 'meta-log-stderr)))
    (accept-process-output stderr 0.05)
    (delete-process stderr))
  (when (eq wire (meta-log-sidecar-wire sidecar))
    (let* ((process (meta-log-wire-process wire))
           (was (meta-log-sidecar-state sidecar))
           (healthy (and (eq was 'ready) (> (- (float-time) (meta-log-sidecar-since sidecar)) 30))))
      (setf (meta-log-sidecar-wire sidecar) nil
            (meta-log-sidecar-exit-code sidecar) (process-exit-status process)
            (meta-log-sidecar-connections sidecar) nil
            (meta-log-sidecar-failures sidecar) (if healthy 0 (1+ (meta-log-sidecar-failures sidecar)))
            (meta-log-sidecar-explanation sidecar)
            (or (meta-log-sidecar-explanation sidecar)
                (format "It ended with %s %s%s"
                        (if (eq (process-status process) 'signal) "signal" "code") (process-exit-status process)
                        (let ((words (meta-log-sidecar--last-words)))
                          (if (string-empty-p words) "" (concat "; its last words: " words))))))
      (if (eq was 'stopped)
          (setf (meta-log-sidecar-failures sidecar) 0)
        (setf (meta-log-sidecar-state sidecar) 'waiting
              (meta-log-sidecar-timer sidecar)
              (run-with-timer (min meta-log-longest-pause-seconds
                                   (* 0.1 (expt 2 (1- (min 12 (max 1 (meta-log-sidecar-failures sidecar)))))))
                              nil #'meta-log-sidecar--relaunch sidecar)))
      (run-hooks 'meta-log-sidecar-down-hook)
      (force-mode-line-update t))))

(defun meta-log-sidecar--relaunch (sidecar)
  "Start SIDECAR's process once more."
  (setf (meta-log-sidecar-timer sidecar) nil)
  (when (eq (meta-log-sidecar-state sidecar) 'waiting)
    (condition-case err
        (meta-log-sidecar--launch sidecar)
      (error
       ;; The program is gone, for now: an update may be replacing it.
       (setf (meta-log-sidecar-explanation sidecar) (error-message-string err)
             (meta-log-sidecar-timer sidecar)
             (run-with-timer meta-log-longest-pause-seconds nil #'meta-log-sidecar--relaunch sidecar))))))

(defun meta-log-sidecar-launch ()
  "Start the sidecar if it does not run, without waiting for it."
  (let ((sidecar meta-log-sidecar--the))
    (when (eq (meta-log-sidecar-state sidecar) 'stopped)
      (setf (meta-log-sidecar-workspace sidecar) (meta-log-sidecar--choose-workspace)
            (meta-log-sidecar-explanation sidecar) nil)
      (add-hook 'kill-emacs-hook #'meta-log-sidecar--farewell 90)
      (meta-log-sidecar--launch sidecar))))

(defun meta-log-sidecar-ensure ()
  "Return once the sidecar is ready, or signal why it is not.
A first start that fails is not repeated by itself."
  (let* ((sidecar meta-log-sidecar--the)
         (first (eq (meta-log-sidecar-state sidecar) 'stopped))
         (begin (float-time)))
    (meta-log-sidecar-launch)
    (while (and (not (eq (meta-log-sidecar-state sidecar) 'ready))
                (not (and first (eq (meta-log-sidecar-state sidecar) 'waiting)))
                (< (- (float-time) begin)
                   (if (meta-log-sidecar--building-p) meta-log-sidecar--build-seconds meta-log-start-timeout-seconds)))
      (if (meta-log-sidecar-wire sidecar)
          (meta-log-wire-wait (meta-log-sidecar-wire sidecar)
                              (lambda () (not (eq (meta-log-sidecar-state sidecar) 'starting)))
                              1)
        (accept-process-output nil 0.05)))
    (unless (eq (meta-log-sidecar-state sidecar) 'ready)
      (let ((why (or (meta-log-sidecar-explanation sidecar)
                     (format "it did not answer within %s s; see the buffer *meta-log log*"
                             meta-log-start-timeout-seconds))))
        (when first (meta-log-sidecar-stop))
        (signal 'meta-log-error (list (format "The sidecar is not ready: %s" why)))))))

(defun meta-log-sidecar--mark-stopped (sidecar)
  "Note that SIDECAR shall not be started once more."
  (when (meta-log-sidecar-timer sidecar)
    (cancel-timer (meta-log-sidecar-timer sidecar)))
  (setf (meta-log-sidecar-timer sidecar) nil
        (meta-log-sidecar-state sidecar) 'stopped)
  (remove-hook 'kill-emacs-hook #'meta-log-sidecar--farewell))

(defun meta-log-sidecar--farewell ()
  "Say good-bye to the sidecar without waiting for anything.
Emacs may be ending because of a signal, and then it must not wait for a
process: it would not notice that the process has ended, and wait for ever."
  (let* ((sidecar meta-log-sidecar--the)
         (wire (meta-log-sidecar-wire sidecar)))
    (meta-log-sidecar--mark-stopped sidecar)
    (when (and wire (jsonrpc-running-p wire))
      (meta-log-wire-request wire 'shutdown nil #'ignore #'ignore)
      (jsonrpc-notify wire 'exit nil))))

(defun meta-log-sidecar-stop ()
  "End the sidecar: say good-bye, wait for at most two seconds, and then make sure."
  (interactive)
  (let* ((sidecar meta-log-sidecar--the)
         (wire (meta-log-sidecar-wire sidecar))
         (was (meta-log-sidecar-state sidecar)))
    (meta-log-sidecar--mark-stopped sidecar)
    (when wire
      (when (and (eq was 'ready) (jsonrpc-running-p wire))
        (let (answered)
          (meta-log-wire-request wire 'shutdown nil
                                 (lambda (_) (setq answered t)) (lambda (_) (setq answered t)))
          (when (meta-log-wire-wait wire (lambda () answered) 2)
            (jsonrpc-notify wire 'exit nil)
            (meta-log-wire-wait wire (lambda () (not (jsonrpc-running-p wire))) 1))))
      (when (jsonrpc-running-p wire)
        (delete-process (meta-log-wire-process wire)))
      ;; Let the sentinel run now, so that whatever comes next finds everything settled.
      (meta-log-wire-wait wire (lambda () (not (eq wire (meta-log-sidecar-wire sidecar)))) 1))))

;;; Asking

(defun meta-log-sidecar-ask (method params success failure)
  "Ask the running sidecar for METHOD with PARAMS and return at once.
SUCCESS is called with the result, or FAILURE with a plist of `:code' and
`:message'.  Return a function that cancels it, or nil if it failed at once."
  (if (meta-log-sidecar-ready-p)
      (meta-log-wire-request (meta-log-sidecar-wire meta-log-sidecar--the) method params success failure)
    (funcall failure '(:code -1 :message "The sidecar is not ready"))
    nil))

(defun meta-log-sidecar-call (method params &optional timeout-seconds)
  "Return the sidecar's answer to METHOD with PARAMS; start it if need be.
An error, or no answer within TIMEOUT-SECONDS (10 by default), signals
`meta-log-error' with a message and a code."
  (meta-log-sidecar-ensure)
  (let* ((wire (meta-log-sidecar-wire meta-log-sidecar--the))
         outcome
         (forget (meta-log-wire-request wire method params
                                        (lambda (result) (setq outcome (cons 'result result)))
                                        (lambda (error) (setq outcome (cons 'error error))))))
    (unwind-protect
        (meta-log-wire-wait wire (lambda () outcome) (or timeout-seconds 10))
      (funcall forget))
    (pcase outcome
      (`(result . ,result) result)
      (`(error . ,error)
       (signal 'meta-log-error (list (plist-get error :message) (plist-get error :code))))
      (_ (signal 'meta-log-error (list (format "The sidecar did not answer %s in time" method)))))))

(defun meta-log-sidecar-tell (method params)
  "Send the notification METHOD with PARAMS, if the sidecar is ready."
  (when (meta-log-sidecar-ready-p)
    (jsonrpc-notify (meta-log-sidecar-wire meta-log-sidecar--the) method params)))

(provide 'meta-log-sidecar)
;;; meta-log-sidecar.el ends here
