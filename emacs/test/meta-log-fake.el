;;; meta-log-fake.el --- A sidecar played by a test  -*- lexical-binding: t; -*-

;; SPDX-License-Identifier: Apache-2.0

;;; Commentary:

;; The package's real code talks over a real socket to a sidecar that this file plays in the same Emacs.  It keeps a
;; mirror of every document, made only from didOpen and didChange, by string arithmetic that shares no code with the
;; package.  It is there for what a real sidecar cannot be made to do on command: stale edits, odd positions, silence.

;;; Code:

(require 'cl-lib)
(require 'ert)
(require 'json)
(require 'meta-log)
(require 'meta-log-peer-sync-demo)

(defvar meta-log-fake-encoding 'utf-32 "The position encoding that the fake chooses.")
(defvar meta-log-fake-mute nil "Whether the fake has stopped reading.")
(defvar meta-log-fake--server nil)
(defvar meta-log-fake--client nil "The fake's end of the connection.")
(defvar meta-log-fake--input "")
(defvar meta-log-fake--log nil "Every message that came, newest first.")
(defvar meta-log-fake--mirrors nil "((URI VERSION . TEXT)...)")
(defvar meta-log-fake--problems nil "What broke the contract.")
(defvar meta-log-fake--answers nil "((ID . RESPONSE)...)")
(defvar meta-log-fake--id 0)
(defvar meta-log-fake-results nil "((METHOD . FUNCTION-OF-PARAMS)...): how requests are answered.")

(defun meta-log-fake--send (message)
  "Send MESSAGE, a plist, to the package."
  (let ((body (encode-coding-string (json-serialize message :null-object nil :false-object :json-false) 'utf-8-unix)))
    (process-send-string meta-log-fake--client (format "Content-Length: %d\r\n\r\n%s" (length body) body))))

(defun meta-log-fake--filter (_process bytes)
  "Take BYTES and act on complete messages."
  (setq meta-log-fake--input (concat meta-log-fake--input bytes))
  (let (end)
    (while (and (setq end (string-search "\r\n\r\n" meta-log-fake--input))
                (string-match "\\`Content-Length: \\([0-9]+\\)\r\n" meta-log-fake--input)
                (let* ((length (string-to-number (match-string 1 meta-log-fake--input)))
                       (from (+ end 4)) (to (+ from length)))
                  (when (<= to (length meta-log-fake--input))
                    (let ((body (substring meta-log-fake--input from to)))
                      (setq meta-log-fake--input (substring meta-log-fake--input to))
                      (meta-log-fake--receive
                       (meta-log-wire--parse body)))
                    t))))))

(defun meta-log-fake--receive (message)
  "Act on MESSAGE."
  (push message meta-log-fake--log)
  (let ((method (plist-get message :method)) (params (plist-get message :params)) (id (plist-get message :id)))
    (cond
     ((equal method "exit") (delete-process meta-log-fake--client))
     ((and id (not method)) (push (cons id message) meta-log-fake--answers))
     ((equal method "textDocument/didOpen")
      (let ((document (plist-get params :textDocument)))
        (setf (alist-get (plist-get document :uri) meta-log-fake--mirrors nil nil #'equal)
              (cons (plist-get document :version) (plist-get document :text)))))
     ((equal method "textDocument/didChange")
      (condition-case err
          (meta-log-fake--change params)
        (error (push (list 'bad-change err params) meta-log-fake--problems))))
     ((equal method "textDocument/didClose")
      (setf (alist-get (plist-get (plist-get params :textDocument) :uri) meta-log-fake--mirrors nil t #'equal) nil))
     (id
      (let ((function (alist-get method meta-log-fake-results nil nil #'equal)))
        (meta-log-fake--send
         (condition-case err
             (list :jsonrpc "2.0" :id id :result
                   (cond (function (funcall function params))
                         ((equal method "initialize")
                          `(:capabilities (:positionEncoding ,(symbol-name meta-log-fake-encoding)
                                                             :textDocumentSync 2)))
                         ((equal method "meta-log/identity")
                          '(:peerId "peer-0000000000000000000000000000000000000001" :publicKey "0x04" :address "0x01"))
                         ((equal method "shutdown") nil)
                         ((equal method "meta-log/digest") '(:verdict "busy"))
                         (t (error "Unexpected request %s" method))))
           (error (list :jsonrpc "2.0" :id id :error
                        (list :code -32601 :message (error-message-string err)))))))))))

;;; The mirror

(defun meta-log-fake--lines (text)
  "Return the start offsets of the lines of TEXT."
  (let ((starts (list 0)) (i 0))
    (while (< i (length text))
      (let ((c (aref text i)))
        (setq i (1+ i))
        (when (or (eq c ?\n) (and (eq c ?\r) (not (and (< i (length text)) (eq ?\n (aref text i))))))
          (push i starts))))
    (vconcat (nreverse starts))))

(defun meta-log-fake--width (char)
  "Return how many units CHAR takes."
  (pcase meta-log-fake-encoding
    ('utf-32 1)
    ('utf-16 (if (> char #xffff) 2 1))
    ('utf-8 (string-bytes (string char)))))

(defun meta-log-fake--offset (text position)
  "Return the offset of POSITION in TEXT, or signal that there is none."
  (let* ((lines (meta-log-fake--lines text))
         (line (plist-get position :line))
         (i (aref lines line))
         (units 0))
    (while (< units (plist-get position :character))
      (when (or (>= i (length text)) (memq (aref text i) '(?\n ?\r)))
        (error "The position %S is not in the text" position))
      (setq units (+ units (meta-log-fake--width (aref text i))) i (1+ i)))
    (unless (= units (plist-get position :character)) (error "The position %S splits a character" position))
    i))

(defun meta-log-fake-position (text offset)
  "Return the position of OFFSET in TEXT."
  (let* ((lines (meta-log-fake--lines text))
         (line (1- (or (cl-position-if (lambda (start) (> start offset)) lines) (length lines))))
         (units 0))
    (cl-loop for i from (aref lines line) below offset do (setq units (+ units (meta-log-fake--width (aref text i)))))
    (list :line line :character units)))

(defun meta-log-fake--change (params)
  "Apply the didChange PARAMS to the mirror."
  (let* ((document (plist-get params :textDocument))
         (mirror (alist-get (plist-get document :uri) meta-log-fake--mirrors nil nil #'equal)))
    (unless mirror (error "Not open"))
    (unless (> (plist-get document :version) (car mirror)) (error "The version did not grow"))
    (setcar mirror (plist-get document :version))
    (mapc (lambda (change)
            (let ((range (plist-get change :range)) (text (cdr mirror)))
              (setcdr mirror
                      (if (not range)
                          (plist-get change :text)
                        (let ((from (meta-log-fake--offset text (plist-get range :start)))
                              (to (meta-log-fake--offset text (plist-get range :end))))
                          (when (> from to) (error "The range ends before it starts"))
                          (concat (substring text 0 from) (plist-get change :text) (substring text to)))))))
          (plist-get params :contentChanges))))

;;; For tests

(defun meta-log-fake-wait (condition &optional what)
  "Wait until CONDITION returns non-nil and return that; fail with WHAT after five seconds."
  (let ((deadline (+ (float-time) 5)) value)
    (while (and (not (setq value (funcall condition))) (< (float-time) deadline))
      (accept-process-output (and meta-log-fake--client (process-live-p meta-log-fake--client) meta-log-fake--client) 0.01))
    (unless value (ert-fail (list "waited in vain" what meta-log-fake--problems)))
    value))

(defun meta-log-fake-uri ()
  "Return the URI of the current buffer's document."
  (meta-log-document-uri (meta-log-document-here)))

(defun meta-log-fake-mirror (&optional uri)
  "Return the mirror of URI, by default the current buffer's: (VERSION . TEXT)."
  (alist-get (or uri (meta-log-fake-uri)) meta-log-fake--mirrors nil nil #'equal))

(defun meta-log-fake-settle ()
  "Wait until the mirror of the current buffer is up to date, and return its text."
  (let ((document (meta-log-document-here)))
    (meta-log-document-flush document)
    (meta-log-fake-wait (lambda () (let ((mirror (meta-log-fake-mirror)))
                                     (and mirror (= (car mirror) (meta-log-document-version document)))))
                        'settle)
    (should-not meta-log-fake--problems)
    (cdr (meta-log-fake-mirror))))

(defun meta-log-fake-request (method params)
  "Send the request METHOD with PARAMS and return the answer's result."
  (let ((id (cl-incf meta-log-fake--id)))
    (meta-log-fake--send (list :jsonrpc "2.0" :id id :method method :params params))
    (plist-get (cdr (meta-log-fake-wait (lambda () (assq id meta-log-fake--answers)) method)) :result)))

(defun meta-log-fake-notify (method params)
  "Send the notification METHOD with PARAMS."
  (meta-log-fake--send (list :jsonrpc "2.0" :method method :params params)))

(defun meta-log-fake-edit (uri version edits)
  "Send an edit of URI at VERSION; EDITS are ((START END TEXT)...) with positions; return whether it was applied."
  (eq t (plist-get
         (meta-log-fake-request
          "workspace/applyEdit"
          `(:edit (:documentChanges
                   [( :textDocument (:uri ,uri :version ,version)
                      :edits ,(vconcat (mapcar (pcase-lambda (`(,start ,end ,text))
                                                 `(:range (:start ,start :end ,end) :newText ,text))
                                               edits)))])))
         :applied)))

(defun meta-log-fake-edit-at (edits)
  "Apply EDITS, ((FROM TO TEXT)...) as offsets, to the current buffer; return whether that was done."
  (meta-log-fake-settle)
  (let ((mirror (meta-log-fake-mirror)))
    (meta-log-fake-edit (meta-log-fake-uri) (car mirror)
                        (mapcar (pcase-lambda (`(,from ,to ,text))
                                  (list (meta-log-fake-position (cdr mirror) from)
                                        (meta-log-fake-position (cdr mirror) to) text))
                                edits))))

(defun meta-log-fake-start ()
  "Have the package talk to the fake."
  (setq meta-log-fake--server
        (make-network-process
         ;; Not over TCP: Emacs cannot switch off Nagle's algorithm.
         :name "fake" :server t :service (expand-file-name "socket") :family 'local :coding 'no-conversion :noquery t
         :filter #'meta-log-fake--filter
         :sentinel (lambda (process change)
                     (when (string-prefix-p "open" change) (setq meta-log-fake--client process
                                                                 meta-log-fake--input ""))))))

(defun meta-log-fake-spawn (&rest _)
  "Connect to the fake, instead of starting a process."
  (setq meta-log-fake--client nil)
  (prog1 (make-network-process :name "meta-log" :family 'local :coding 'no-conversion :noquery t
                               :service (process-contact meta-log-fake--server :service))
    (meta-log-fake-wait (lambda () meta-log-fake--client) 'connection)))

(defun meta-log-fake-call (function)
  "Call FUNCTION with a fresh folder as `default-directory' and a fresh fake."
  (let* ((default-directory (file-name-as-directory (file-truename (make-temp-file "meta-log-test" t))))
         (meta-log-workspace default-directory)
         (meta-log-fake--log nil) (meta-log-fake--mirrors nil) (meta-log-fake--problems nil)
         (meta-log-fake--answers nil) (meta-log-fake--input "") (meta-log-fake--client nil)
         (create-lockfiles nil) (make-backup-files nil)
         (before (buffer-list)))
    (meta-log-fake-start)
    (unwind-protect
        (cl-letf (((symbol-function 'meta-log-sidecar--spawn) #'meta-log-fake-spawn))
          (funcall function))
      (meta-log-sidecar-stop)
      (delete-process meta-log-fake--server)
      (dolist (buffer (buffer-list))
        (unless (memq buffer before)
          (with-current-buffer buffer
            (set-buffer-modified-p nil)
            (let ((kill-buffer-query-functions nil)) (kill-buffer buffer)))))
      (delete-directory default-directory t))))

(defmacro meta-log-fake-with (&rest body)
  "Run BODY with a fresh fake sidecar."
  (declare (indent 0) (debug t))
  `(meta-log-fake-call (lambda () ,@body)))

(defmacro meta-log-fake-with-text (text &rest body)
  "Run BODY in a buffer that visits a new file with TEXT and is known to a fresh fake sidecar."
  (declare (indent 1) (debug t))
  `(meta-log-fake-with
     (let ((file (expand-file-name "document.canvasl")) (coding-system-for-write 'utf-8-unix))
       (write-region ,text nil file nil 'quiet)
       (with-current-buffer (let ((coding-system-for-read 'utf-8-unix)) (meta-log-document-visit file))
         (buffer-enable-undo)
         (meta-log-sidecar-ensure)
         (meta-log-mode 1)
         (meta-log-fake-settle)
         ,@body))))

(provide 'meta-log-fake)
;;; meta-log-fake.el ends here
