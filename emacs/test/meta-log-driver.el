;;; meta-log-driver.el --- A real Emacs, driven by JSON lines  -*- lexical-binding: t; -*-

;; SPDX-License-Identifier: Apache-2.0

;;; Commentary:

;; The language is described in editor-clients/driving.md.  Start it with
;;
;;     META_LOG_DRIVER_PORT=… META_LOG_WORKSPACE=… emacs -Q --batch -L emacs -l emacs/test/meta-log-driver.el \
;;         -f meta-log-driver-main
;;
;; Every command acts like a person's: it is followed by `post-command-hook', and what the package does is left to
;; timers and process filters, which run while this Emacs waits for the next command.

;;; Code:

(require 'cl-lib)
(require 'meta-log)
(require 'subr-x)
(require 'meta-log-federation)
(load (expand-file-name "meta-log-compile" (file-name-directory (or load-file-name buffer-file-name))) nil t)

(defvar meta-log-driver--process nil "The connection to whoever drives.")
(defvar meta-log-driver--input "" "The start of a line that is not complete.")
(defvar meta-log-driver--lines nil "Lines that came and are to be carried out, oldest first.")
(defvar meta-log-driver--output nil "Lines to send, newest first.")
(defvar meta-log-driver--urgent nil "Whether one of the lines to send is a result.")
(defvar meta-log-driver--sent 0.0 "When lines were sent last.")
(defvar meta-log-driver--buffer nil "The buffer of the document opened or joined last.")
(defvar meta-log-driver--waiting nil "What `waitFor' waits for: (DONE-P DEADLINE SINCE BUFFER ID)...")
(defvar meta-log-driver--quit nil "Whether the driver shall end.")

(define-error 'meta-log-driver-error "Bad command")

(defun meta-log-driver--fail (format &rest arguments)
  "Signal that a command is bad, as FORMAT and ARGUMENTS tell."
  (signal 'meta-log-driver-error (list (apply #'format format arguments))))

;;; Lines out

(defun meta-log-driver--encode (plist)
  "Return PLIST as a line of bytes."
  (let ((json (json-serialize plist :null-object nil :false-object :json-false)))
    (concat (if (multibyte-string-p json) (encode-coding-string json 'utf-8-unix) json) "\n")))

(defun meta-log-driver--say (plist)
  "Have PLIST, a result, sent at once."
  (setq meta-log-driver--urgent t)
  (push (meta-log-driver--encode plist) meta-log-driver--output))

(defun meta-log-driver--send ()
  "Send the lines that are to be sent.
Emacs cannot switch off Nagle's algorithm: what is written shortly after a line
that nobody has acknowledged waits for 40 ms.  So a result is written at once,
and events go with the next result, or after a while of silence."
  (when (and meta-log-driver--output
             (or meta-log-driver--urgent (> (- (float-time) meta-log-driver--sent) 0.05)))
    (let ((output (apply #'concat (reverse meta-log-driver--output))))
      (setq meta-log-driver--output nil
            meta-log-driver--urgent nil
            meta-log-driver--sent (float-time))
      (when (process-live-p meta-log-driver--process)
        (process-send-string meta-log-driver--process output)))))

(defun meta-log-driver--ok (id &rest members)
  "Say that the command ID was carried out, with MEMBERS."
  (meta-log-driver--say `(:id ,id :ok t ,@members)))

(defun meta-log-driver--bad (id error &optional code)
  "Say that the command ID was refused because of ERROR.
If there is a CODE, the sidecar has refused it."
  (meta-log-driver--say `(:id ,id :ok :json-false :error ,error ,@(and (integerp code) (list :code code)))))

(defun meta-log-driver--event (event &optional members)
  "Tell of EVENT with MEMBERS."
  (push (meta-log-driver--encode `(:event ,event ,@members)) meta-log-driver--output))

;;; Texts and offsets

(defun meta-log-driver--simple-p ()
  "Return non-nil if every character of this buffer counts as one."
  (or (= (position-bytes (point-max)) (point-max))
      (save-excursion
        (goto-char (point-min))
        (not (re-search-forward "[\U00010000-\U0010FFFF]" nil t)))))

(defun meta-log-driver--has-cr-p ()
  "Return non-nil if this buffer holds a \"\\r\\n\"."
  (save-excursion (goto-char (point-min)) (search-forward "\r\n" nil t)))

(defun meta-log-driver--length ()
  "Return the length of this buffer's text in UTF-16 units with \"\\n\" line ends."
  (if (and (meta-log-driver--simple-p) (not (meta-log-driver--has-cr-p)))
      (buffer-size)
    (meta-log-text-units (meta-log-driver--text) 'utf-16)))

(defun meta-log-driver--text ()
  "Return this buffer's text with \"\\n\" line ends."
  (meta-log-text-normalize (meta-log-text-clean (buffer-substring-no-properties (point-min) (point-max)))))

(defun meta-log-driver--point (offset)
  "Return where OFFSET is in this buffer."
  (unless (natnump offset) (meta-log-driver--fail "an offset must be a number that is not negative, not %S" offset))
  (or (if (and (meta-log-driver--simple-p) (not (meta-log-driver--has-cr-p)))
          (and (<= offset (buffer-size)) (+ (point-min) offset))
        (save-excursion
          (goto-char (point-min))
          (let ((units 0))
            (while (and (< units offset) (not (eobp)))
              (if (looking-at-p "\r\n")
                  (progn (forward-char 2) (setq units (1+ units)))
                (setq units (+ units (if (> (following-char) #xffff) 2 1)))
                (forward-char)))
            (and (= units offset) (point)))))
      (meta-log-driver--fail "the offset %d is not in the text of length %d, or splits a character"
                             offset (meta-log-driver--length))))

(defun meta-log-driver--replace (at length text)
  "Replace LENGTH units AT an offset by TEXT."
  (unless (stringp text) (meta-log-driver--fail "the text must be a string"))
  (let* ((beg (meta-log-driver--point at))
         (end (meta-log-driver--point (+ at length))))
    (undo-boundary)
    (delete-region beg end)
    (goto-char beg)
    (insert text)))

;;; Commands

(defun meta-log-driver--file (path)
  "Return the file that PATH names."
  (unless (and (stringp path) (not (string-empty-p path))) (meta-log-driver--fail "path must be a string"))
  (expand-file-name path (or meta-log-workspace default-directory)))

(defun meta-log-driver--target (command)
  "Return the buffer that COMMAND acts on."
  (let* ((path (plist-get command :path))
         (buffer (if path (get-file-buffer (meta-log-driver--file path)) meta-log-driver--buffer)))
    (unless (buffer-live-p buffer)
      (meta-log-driver--fail (if path "no document %s is open" "no document is open") path))
    buffer))

(defun meta-log-driver--document (command)
  "Return the document that COMMAND acts on."
  (with-current-buffer (meta-log-driver--target command)
    (or (meta-log-document-here) (meta-log-driver--fail "%s is not open" (buffer-name)))))

(defun meta-log-driver--ask (id method params members)
  "Ask for METHOD with PARAMS, and answer the command ID.
MEMBERS makes the members of the result from the sidecar's answer."
  (unless (meta-log-sidecar-ready-p) (meta-log-sidecar-ensure))
  (meta-log-sidecar-ask
   method params
   (lambda (result)
     (condition-case err
         (apply #'meta-log-driver--ok id (funcall members result))
       (error (meta-log-driver--bad id (error-message-string err))))
     (meta-log-driver--send))
   (lambda (error)
     (meta-log-driver--bad id (plist-get error :message) (plist-get error :code))
     (meta-log-driver--send))))

(defun meta-log-driver--empty ()
  "Return an empty JSON object."
  (make-hash-table :size 1))

(cl-defgeneric meta-log-driver--do (op id command)
  "Carry out OP for ID with the members of COMMAND."
  (ignore id command)
  (meta-log-driver--fail "unknown op %S; see editor-clients/driving.md" (symbol-name op)))

(cl-defmethod meta-log-driver--do ((_ (eql open)) id command)
  (let* ((file (meta-log-driver--file (plist-get command :path)))
         (buffer (meta-log-document-visit file)))
    (with-current-buffer buffer
      (buffer-enable-undo)
      (meta-log-mode 1)
      (setq meta-log-driver--buffer buffer)
      (meta-log-driver--ok id :path file :uri (meta-log-document-uri (meta-log-document-here))
                           :length (meta-log-driver--length)))))

(defun meta-log-driver--edit (id command)
  "Carry out the edit COMMAND of ID."
  (with-current-buffer (meta-log-driver--target command)
    (let ((op (plist-get command :op)))
      (meta-log-driver--replace (plist-get command :at)
                                (if (equal op "insert") 0 (plist-get command :length))
                                (if (equal op "delete") "" (plist-get command :text))))
    (run-hooks 'post-command-hook)
    (meta-log-driver--ok id :length (meta-log-driver--length))))

(cl-defmethod meta-log-driver--do ((_ (eql insert)) id command) (meta-log-driver--edit id command))
(cl-defmethod meta-log-driver--do ((_ (eql delete)) id command) (meta-log-driver--edit id command))
(cl-defmethod meta-log-driver--do ((_ (eql replace)) id command) (meta-log-driver--edit id command))

(cl-defmethod meta-log-driver--do ((_ (eql undo)) id command)
  (with-current-buffer (meta-log-driver--target command)
    (undo-boundary)
    (let ((last-command nil) (this-command 'undo)) (undo))
    (run-hooks 'post-command-hook)
    (meta-log-driver--ok id :length (meta-log-driver--length))))

(cl-defmethod meta-log-driver--do ((_ (eql text)) id command)
  (with-current-buffer (meta-log-driver--target command)
    (meta-log-driver--ok id :text (meta-log-driver--text))))

(defun meta-log-driver--sha256 ()
  "Return the digest of this buffer's text."
  (secure-hash 'sha256 (encode-coding-string (meta-log-driver--text) 'utf-8-unix)))

(cl-defmethod meta-log-driver--do ((_ (eql digest)) id command)
  (with-current-buffer (meta-log-driver--target command)
    (meta-log-driver--ok id :sha256 (meta-log-driver--sha256) :length (meta-log-driver--length))))

(cl-defmethod meta-log-driver--do ((_ (eql waitFor)) id command)
  (let* ((text (plist-get command :text)) (sha256 (plist-get command :sha256)) (part (plist-get command :contains))
         (milliseconds (or (plist-get command :timeoutMillis) 10000))
         (done (cond ((stringp text) (lambda () (string= text (meta-log-driver--text))))
                     ((stringp sha256) (lambda () (string= sha256 (meta-log-driver--sha256))))
                     ((stringp part) (lambda () (string-search part (meta-log-driver--text))))
                     (t (meta-log-driver--fail "waitFor needs text, sha256 or contains")))))
    (push (list done (+ (float-time) (/ milliseconds 1000.0)) (float-time) (meta-log-driver--target command) id nil)
          meta-log-driver--waiting)
    (meta-log-driver--check-waiting)))

(defun meta-log-driver--check-waiting ()
  "Answer every `waitFor' that has what it waits for, or has waited too long."
  (dolist (waiting meta-log-driver--waiting)
    (pcase-let ((`(,done ,deadline ,since ,buffer ,id ,tick) waiting))
      (if (not (buffer-live-p buffer))
          (progn (meta-log-driver--bad id "the document was closed")
                 (setq meta-log-driver--waiting (delq waiting meta-log-driver--waiting)))
        (with-current-buffer buffer
          (let ((now (buffer-chars-modified-tick)))
            (cond ((and (not (eql now tick)) (funcall done))
                   (setq meta-log-driver--waiting (delq waiting meta-log-driver--waiting))
                   (meta-log-driver--ok id :waitedMillis (round (* 1000 (- (float-time) since)))))
                  ((> (float-time) deadline)
                   (setq meta-log-driver--waiting (delq waiting meta-log-driver--waiting))
                   (meta-log-driver--bad
                    id (format "waited in vain; the buffer has %d characters, digest %s, and starts with %S"
                               (buffer-size) (meta-log-driver--sha256)
                               (buffer-substring-no-properties 1 (min (point-max) 400)))))
                  (t (setf (nth 5 waiting) now)))))))))

(cl-defmethod meta-log-driver--do ((_ (eql share)) id command)
  (let ((document (meta-log-driver--document command)))
    (meta-log-document-flush document)
    (meta-log-driver--ask id 'meta-log/share (list :uri (meta-log-document-uri document))
                          (lambda (shared) (list :invitation (plist-get shared :invitation)
                                                 :documentId (plist-get shared :documentId))))))

(cl-defmethod meta-log-driver--do ((_ (eql join)) id command)
  (let* ((path (plist-get command :path)) (file (and path (meta-log-driver--file path))))
    (when file
      (with-current-buffer (meta-log-document-visit file) (buffer-enable-undo) (meta-log-mode 1)))
    (meta-log-driver--ask
     id 'meta-log/join `( :invitation ,(plist-get command :invitation)
                          ,@(and file (list :uri (meta-log-sidecar-uri file))))
     (lambda (joined)
       (setq meta-log-driver--buffer (meta-log--joined joined))
       (with-current-buffer meta-log-driver--buffer (buffer-enable-undo))
       (list :path (buffer-file-name meta-log-driver--buffer) :uri (plist-get joined :uri)
             :documentId (plist-get joined :documentId) :arrived (plist-get joined :arrived))))))

(cl-defmethod meta-log-driver--do ((_ (eql leave)) id command)
  (let ((document (meta-log-driver--document command)))
    (meta-log-document-flush document)
    (meta-log-driver--ask id 'meta-log/leave (list :uri (meta-log-document-uri document)) #'ignore)))

(cl-defmethod meta-log-driver--do ((_ (eql status)) id _command)
  (meta-log-driver--ask id 'meta-log/status nil (lambda (status) (list :status status))))
(cl-defmethod meta-log-driver--do ((_ (eql identity)) id _command)
  (meta-log-driver--ask id 'meta-log/identity nil (lambda (identity) (list :identity identity))))
(cl-defmethod meta-log-driver--do ((_ (eql federate)) id command)
  (meta-log-driver--ask id 'meta-log/federationInit
                        (if (plist-get command :broker) (list :broker (plist-get command :broker))
                          (meta-log-driver--empty))
                        (lambda (connection) (list :connection connection))))
(cl-defmethod meta-log-driver--do ((_ (eql announce)) id _command)
  (meta-log-driver--ask id 'meta-log/announce nil #'identity))
(cl-defmethod meta-log-driver--do ((_ (eql peers)) id _command)
  (meta-log-driver--ask id 'meta-log/peers nil (lambda (peers) (list :peers (plist-get peers :peers)))))
(cl-defmethod meta-log-driver--do ((_ (eql publish)) id command)
  (meta-log-driver--ask id 'meta-log/mqttPublish
                        (list :topic (plist-get command :topic) :message (plist-get command :message)
                              :qos (or (plist-get command :qos) 1) :retain (or (plist-get command :retain) :json-false))
                        #'ignore))
(cl-defmethod meta-log-driver--do ((_ (eql sendFile)) id command)
  (meta-log-driver--ask id 'meta-log/sendFile
                        (list :file (plist-get command :file) :content (plist-get command :content))
                        #'identity))
(cl-defmethod meta-log-driver--do ((_ (eql sendMessage)) id command)
  (meta-log-driver--ask id 'meta-log/sendMessage
                        (list :peerId (plist-get command :peerId) :payload (plist-get command :payload))
                        #'identity))
(cl-defmethod meta-log-driver--do ((_ (eql subscribe)) id command)
  (meta-log-driver--ask id 'meta-log/mqttSubscribe (list :topic (plist-get command :topic)) #'ignore))
(cl-defmethod meta-log-driver--do ((_ (eql unsubscribe)) id command)
  (meta-log-driver--ask id 'meta-log/mqttUnsubscribe (list :topic (plist-get command :topic)) #'ignore))

(cl-defmethod meta-log-driver--do ((_ (eql look)) id command)
  (let ((buffer (meta-log-driver--target command)))
    (switch-to-buffer buffer)
    (let ((head (meta-log-driver--point (plist-get command :at)))
          (anchor (and (plist-get command :anchor) (meta-log-driver--point (plist-get command :anchor)))))
      (if anchor (let ((inhibit-message t)) (push-mark anchor t t)) (setq mark-active nil))
      (goto-char head)
      (run-hooks 'post-command-hook)
      (meta-log-driver--ok id))))

(cl-defmethod meta-log-driver--do ((_ (eql type)) id command)
  (with-current-buffer (meta-log-driver--target command)
    (undo-boundary)
    (insert (plist-get command :text))
    (run-hooks 'post-command-hook)
    (meta-log-driver--ok id :length (meta-log-driver--length))))

(defun meta-log-driver--offset (place)
  "Return the offset of PLACE in this buffer."
  (meta-log-text-units (meta-log-text-normalize (buffer-substring-no-properties (point-min) place)) 'utf-16))

(cl-defmethod meta-log-driver--do ((_ (eql others)) id command)
  (with-current-buffer (meta-log-driver--target command)
    (meta-log-driver--ok
     id :others
     (vconcat (mapcar (lambda (person)
                        (let ((caret (car (plist-get person :carets))))
                          `( :peerId ,(plist-get person :peerId) :name ,(meta-log-presence-name person)
                             :at ,(if (and caret (overlay-start caret))
                                      (meta-log-driver--offset (overlay-start caret))
                                    -1)
                             :after ,(if (and caret (overlay-start caret))
                                         (buffer-substring-no-properties
                                          (overlay-start caret) (min (point-max) (+ 4 (overlay-start caret))))
                                       ""))))
                      (meta-log-presence-people (meta-log-document-here)))))))

(cl-defmethod meta-log-driver--do ((_ (eql check)) id command)
  (meta-log-document-compare
   (meta-log-driver--document command)
   (lambda (verdict)
     (if verdict (meta-log-driver--ok id :verdict verdict)
       (meta-log-driver--bad id "the sidecar gave no verdict"))
     (meta-log-driver--send))))

(cl-defmethod meta-log-driver--do ((_ (eql save)) id command)
  (with-current-buffer (meta-log-driver--target command)
    (let ((require-final-newline nil) (make-backup-files nil))
      (set-buffer-modified-p t)
      (save-buffer))
    (meta-log-driver--ok id :bytes (file-attribute-size (file-attributes buffer-file-name)))))

(cl-defmethod meta-log-driver--do ((_ (eql close)) id command)
  (let ((buffer (meta-log-driver--target command)))
    (with-current-buffer buffer
      (set-buffer-modified-p nil)
      (kill-buffer buffer))
    (meta-log-driver--ok id)))

(cl-defmethod meta-log-driver--do ((_ (eql quit)) id _command)
  (meta-log-sidecar-stop)
  (meta-log-driver--ok id)
  (setq meta-log-driver--quit t))

(defun meta-log-driver--carry-out (line)
  "Carry out LINE."
  (let (id)
    (condition-case err
        (let* ((command (condition-case nil
                            (json-parse-string (decode-coding-string line 'utf-8-unix t) :object-type 'plist
                                               :null-object nil :false-object :json-false)
                          (error (meta-log-driver--fail "the line is not JSON"))))
               (op (and (consp command) (keywordp (car command)) (plist-get command :op))))
          (setq id (and op (plist-get command :id)))
          (unless (stringp op) (meta-log-driver--fail "a command is an object with the member op"))
          (meta-log-driver--do (intern op) id command))
      (meta-log-error (meta-log-driver--bad id (nth 1 err) (nth 2 err)))
      (meta-log-driver-error (meta-log-driver--bad id (nth 1 err)))
      (error (meta-log-driver--bad id (error-message-string err))))))

;;; Events

(cl-defmethod meta-log-sidecar-on :after ((method symbol) params)
  "Pass on what the sidecar tells."
  (pcase method
    ((or 'meta-log/connection 'meta-log/documentStatus 'meta-log/peerDiscovered 'meta-log/peerLeft
         'meta-log/messageReceived 'meta-log/fileReceived 'meta-log/peerMessage)
     (meta-log-driver--event (string-remove-prefix "meta-log/" (symbol-name method)) params))
    ('window/showMessage
     (meta-log-driver--event "message" (list :type (plist-get params :type) :message (plist-get params :message)))))
  (meta-log-driver--send))

(cl-defmethod meta-log-sidecar-answer :around ((_ (eql workspace/applyEdit)) _params)
  "Look what waits for the edit, after it was answered."
  (prog1 (cl-call-next-method)
    (run-with-timer 0 nil #'meta-log-driver--turn)))

(defun meta-log-driver--turn ()
  "Answer what can be answered now."
  (when meta-log-driver--waiting (meta-log-driver--check-waiting))
  (meta-log-driver--send))

(defun meta-log-driver--filter (_process bytes)
  "Keep the lines in BYTES for the loop."
  (let ((parts (split-string (concat meta-log-driver--input bytes) "\n")))
    (setq meta-log-driver--input (car (last parts))
          meta-log-driver--lines (nconc meta-log-driver--lines (butlast parts)))))

(declare-function meta-log-compile "meta-log-compile" ())

(defun meta-log-driver-main ()
  "Connect to whoever drives and carry out commands until the end."
  (meta-log-compile)
  (let ((port (string-to-number (or (getenv "META_LOG_DRIVER_PORT") "")))
        (workspace (getenv "META_LOG_WORKSPACE"))
        (command (getenv "META_LOG_COMMAND"))
        (process-adaptive-read-buffering nil))
    (setq auto-save-default nil make-backup-files nil create-lockfiles nil
          ;; Nobody is there to answer.
          use-short-answers t revert-without-query '("")
          ;; What the headless editor takes for text, Emacs takes as well.
          coding-system-for-read nil)
    (prefer-coding-system 'utf-8)
    (when workspace (setq meta-log-workspace (file-name-as-directory workspace)))
    (when (and command (not (string-empty-p command)))
      (setq meta-log-command (meta-log-driver--words command)))
    (setq meta-log-driver--process
          (make-network-process :name "meta-log-driver" :host "127.0.0.1" :family 'ipv4 :service port
                                :coding 'no-conversion :noquery t
                                :filter #'meta-log-driver--filter
                                :sentinel (lambda (process _)
                                            (unless (process-live-p process) (setq meta-log-driver--quit t)))))
    (add-hook 'meta-log-sidecar-ready-hook (lambda () (meta-log-driver--event "sidecarStarted")) -90)
    (add-hook 'meta-log-sidecar-down-hook
              (lambda ()
                (meta-log-driver--event "sidecarEnded"
                                        (list :exitCode (meta-log-sidecar-exit-code meta-log-sidecar--the)))))
    (meta-log-driver--event "ready" (list :editor (format "Emacs %s" emacs-version)))
    (meta-log-driver--send)
    (while (not meta-log-driver--quit)
      (if meta-log-driver--lines
          (let ((line (pop meta-log-driver--lines)))
            (unless (string-empty-p line) (meta-log-driver--carry-out line))
            ;; Let what arrived meanwhile have its turn.
            (accept-process-output nil 0))
        ;; Waiting for any process, Emacs would wait 10 ms more after each output.
        (accept-process-output meta-log-driver--process 0.05))
      (meta-log-driver--turn))
    (meta-log-sidecar-stop)
    (kill-emacs 0)))

(defun meta-log-driver--words (command)
  "Split COMMAND at blanks that no \"\\\" precedes."
  (let ((word "") words (i 0))
    (while (< i (length command))
      (let ((char (aref command i)))
        (cond ((and (eq char ?\\) (< (1+ i) (length command)) (eq ?\s (aref command (1+ i))))
               (setq word (concat word " ") i (1+ i)))
              ((eq char ?\s) (unless (string-empty-p word) (push word words)) (setq word ""))
              (t (setq word (concat word (string char))))))
      (setq i (1+ i)))
    (unless (string-empty-p word) (push word words))
    (nreverse words)))

(provide 'meta-log-driver)
;;; meta-log-driver.el ends here
