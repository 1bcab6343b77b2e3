;;; eglot-driver.el --- Emacs with its own LSP client, driven by JSON lines  -*- lexical-binding: t; -*-

;; SPDX-License-Identifier: Apache-2.0

;;; Commentary:

;; A part of the language of editor-clients/driving.md for an Emacs that has no line of meta-log's package: Eglot starts
;; the sidecar and talks with it, as with any language server.  Sharing and joining are `workspace/executeCommand'.
;;
;;     META_LOG_DRIVER_PORT=… META_LOG_WORKSPACE=… META_LOG_COMMAND=… emacs --fg-daemon=NAME -Q -l eglot-driver.el \
;;         -f eglot-driver-main
;;
;; It has to be a daemon or an Emacs on a terminal: Eglot reports changes when Emacs has been idle for half a second, and
;; an Emacs in batch is never idle.

;;; Code:

(require 'cl-lib)
(require 'eglot)
(require 'subr-x)

(defvar eglot-driver--process nil "The connection to whoever drives.")
(defvar eglot-driver--input "" "The start of a line that is not complete.")
(defvar eglot-driver--lines nil "Lines to be carried out, oldest first.")
(defvar eglot-driver--buffer nil "The buffer opened last.")
(defvar eglot-driver--waiting nil "What is waited for: (DONE-P DEADLINE ID THEN)...")

(defun eglot-driver--say (plist)
  "Send PLIST as a line."
  (process-send-string eglot-driver--process
                       (concat (encode-coding-string
                                (decode-coding-string
                                 (json-serialize plist :null-object nil :false-object :json-false) 'utf-8-unix)
                                'utf-8-unix)
                               "\n")))

(defun eglot-driver--ok (id &rest members)
  "Say that the command ID was carried out, with MEMBERS."
  (eglot-driver--say `(:id ,id :ok t ,@members)))

(defun eglot-driver--bad (id error &optional code)
  "Say that the command ID was refused because of ERROR, by the sidecar if there is a CODE."
  (eglot-driver--say `(:id ,id :ok :json-false :error ,error ,@(and (integerp code) (list :code code)))))

;;; Waiting

(defun eglot-driver--when (done-p seconds id then)
  "Call THEN as soon as DONE-P returns non-nil.  After SECONDS refuse the command ID."
  (setq eglot-driver--waiting
        (append eglot-driver--waiting (list (list done-p (+ (float-time) seconds) id then)))))

(defun eglot-driver--check ()
  "Look after everything that is waited for."
  (dolist (waiting eglot-driver--waiting)
    (pcase-let ((`(,done-p ,deadline ,id ,then) waiting))
      (cond ((funcall done-p)
             (setq eglot-driver--waiting (delq waiting eglot-driver--waiting))
             (funcall then))
            ((> (float-time) deadline)
             (setq eglot-driver--waiting (delq waiting eglot-driver--waiting))
             (eglot-driver--bad id (format "waited in vain; the buffer shows %S"
                                           (and (buffer-live-p eglot-driver--buffer) (eglot-driver--text)))))))))

;;; Texts and offsets

(defun eglot-driver--text ()
  "Return the text of the document."
  (with-current-buffer eglot-driver--buffer
    (save-restriction (widen) (buffer-substring-no-properties (point-min) (point-max)))))

(defun eglot-driver--units (text)
  "Return how many UTF-16 units TEXT has."
  (/ (length (encode-coding-string text 'utf-16le)) 2))

(defun eglot-driver--point (offset)
  "Return where OFFSET, in UTF-16 units, is in this buffer."
  (save-excursion
    (goto-char (point-min))
    (let ((units 0))
      (while (and (< units offset) (not (eobp)))
        (setq units (+ units (if (> (following-char) #xffff) 2 1)))
        (forward-char))
      (unless (= units offset) (error "The offset %S is not in the text, or splits a character" offset))
      (point))))

(defun eglot-driver--replace (at length text)
  "Replace LENGTH units AT an offset by TEXT, as a person's command would."
  (with-current-buffer eglot-driver--buffer
    (let ((beg (eglot-driver--point at)) (end (eglot-driver--point (+ at length))))
      (undo-boundary)
      (delete-region beg end)
      (goto-char beg)
      (insert text)
      (run-hooks 'post-command-hook))))

;;; Commands

(defun eglot-driver--file (path)
  "Return the file that PATH names."
  (expand-file-name path (getenv "META_LOG_WORKSPACE")))

(defun eglot-driver--uri ()
  "Return the URI that Eglot has for the document."
  (with-current-buffer eglot-driver--buffer
    (plist-get (eglot--TextDocumentIdentifier) :uri)))

(defun eglot-driver--open (path then)
  "Visit the file that PATH names, have Eglot manage the buffer, and call THEN."
  (setq eglot-driver--buffer (find-file-noselect (eglot-driver--file path)))
  (with-current-buffer eglot-driver--buffer
    (unless (derived-mode-p 'text-mode) (text-mode))
    (unless (eglot-managed-p)
      (eglot-ensure)
      (run-hooks 'post-command-hook)))
  (let ((buffer eglot-driver--buffer))
    (eglot-driver--when (lambda () (with-current-buffer buffer (eglot-managed-p))) 30 nil then)))

(defun eglot-driver--command (id command arguments members)
  "Have the server execute COMMAND with ARGUMENTS, and answer ID with MEMBERS of the result."
  (with-current-buffer eglot-driver--buffer
    (jsonrpc-async-request
     (eglot-current-server) :workspace/executeCommand (list :command command :arguments (vconcat arguments))
     :success-fn (lambda (result)
                   (apply #'eglot-driver--ok id
                          (cl-loop for member in members nconc (list member (plist-get result member)))))
     :error-fn (lambda (error) (eglot-driver--bad id (plist-get error :message) (plist-get error :code)))
     :timeout 30
     :timeout-fn (lambda () (eglot-driver--bad id (concat command " was not answered"))))))

(defun eglot-driver--do (id command)
  "Carry out COMMAND of ID."
  (let ((path (plist-get command :path)) (at (plist-get command :at)) (text (plist-get command :text))
        (length (plist-get command :length)))
    (pcase (plist-get command :op)
      ("open" (eglot-driver--open path (lambda ()
                                         (eglot-driver--ok id :path (eglot-driver--file path) :uri (eglot-driver--uri)
                                                           :length (eglot-driver--units (eglot-driver--text))))))
      ((and op (or "insert" "delete" "replace"))
       (eglot-driver--replace at (if (equal op "insert") 0 length) (or text ""))
       (eglot-driver--ok id :length (eglot-driver--units (eglot-driver--text))))
      ("text" (eglot-driver--ok id :text (eglot-driver--text)))
      ("digest" (eglot-driver--ok id :length (eglot-driver--units (eglot-driver--text))
                                  :sha256 (secure-hash 'sha256 (encode-coding-string (eglot-driver--text) 'utf-8-unix))))
      ("waitFor" (let ((part (plist-get command :contains)))
                   (eglot-driver--when (if part (lambda () (string-search part (eglot-driver--text)))
                                         (lambda () (string= text (eglot-driver--text))))
                                       (/ (or (plist-get command :timeoutMillis) 10000) 1000.0) id
                                       (lambda () (eglot-driver--ok id)))))
      ("share" (eglot-driver--command id "meta-log.share" (list (eglot-driver--uri)) '(:invitation :documentId)))
      ("join" (eglot-driver--open
               path
               (lambda ()
                 (eglot-driver--command id "meta-log.join" (list (plist-get command :invitation) (eglot-driver--uri))
                                        '(:uri :documentId :arrived)))))
      ("save" (with-current-buffer eglot-driver--buffer (save-buffer))
       (eglot-driver--ok id))
      ("close" (with-current-buffer eglot-driver--buffer
                 (set-buffer-modified-p nil)
                 (kill-buffer))
       (eglot-driver--ok id))
      ("quit" (eglot-driver--ok id) (eglot-driver--quit))
      (op (error "This editor has no op %S" op)))))

(defun eglot-driver--carry-out ()
  "Carry out the oldest line."
  (when-let* ((line (pop eglot-driver--lines)) (command (json-parse-string line :object-type 'plist)))
    (condition-case err
        (eglot-driver--do (plist-get command :id) command)
      (error (eglot-driver--bad (plist-get command :id) (error-message-string err))))
    (eglot-driver--check)))

(defun eglot-driver--filter (_process bytes)
  "Keep the lines in BYTES, and carry them out when Emacs has nothing else to do."
  (let ((parts (split-string (concat eglot-driver--input bytes) "\n")))
    (setq eglot-driver--input (car (last parts)))
    (dolist (line (butlast parts))
      (setq eglot-driver--lines (append eglot-driver--lines (list line)))
      (run-with-timer 0 nil #'eglot-driver--carry-out))))

(defun eglot-driver--quit ()
  "Say good-bye to the server and end."
  (dolist (buffer (buffer-list))
    (with-current-buffer buffer
      (when buffer-file-name (set-buffer-modified-p nil))))
  (ignore-errors (eglot-shutdown-all))
  (kill-emacs 0))

(defun eglot-driver--words (command)
  "Split COMMAND at blanks that no \"\\\" precedes."
  (mapcar (lambda (word) (string-replace "\0" " " word))
          (split-string (string-replace "\\ " "\0" command) " " t)))

(defun eglot-driver-main ()
  "Connect to whoever drives and carry out commands until the end."
  (setq make-backup-files nil auto-save-default nil create-lockfiles nil
        eglot-sync-connect nil eglot-autoshutdown nil eglot-events-buffer-size 0
        ;; A person who types with others says this once; newer versions ask only for files that no buffer visits.
        eglot-confirm-server-initiated-edits nil
        use-short-answers t)
  (prefer-coding-system 'utf-8-unix)
  (push (cons 'text-mode (eglot-driver--words (getenv "META_LOG_COMMAND"))) eglot-server-programs)
  (setq eglot-driver--process
        (make-network-process :name "eglot-driver" :host "127.0.0.1" :family 'ipv4
                              :service (string-to-number (getenv "META_LOG_DRIVER_PORT"))
                              :coding 'no-conversion :noquery t :filter #'eglot-driver--filter
                              :sentinel (lambda (process _) (unless (process-live-p process) (eglot-driver--quit)))))
  (run-with-timer 0.02 0.02 #'eglot-driver--check)
  (eglot-driver--say `(:event "ready" :editor ,(format "Emacs %s with Eglot" emacs-version))))

(provide 'eglot-driver)
;;; eglot-driver.el ends here
