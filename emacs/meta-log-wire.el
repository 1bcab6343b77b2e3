;;; meta-log-wire.el --- JSON-RPC with the sidecar, never blocking  -*- lexical-binding: t; -*-

;; SPDX-License-Identifier: Apache-2.0

;;; Commentary:

;; A jsonrpc connection over a process's standard input and output that keeps three promises which the library's own
;; process connection does not make in every Emacs we support:
;;
;; - A message is never handled inside the handling or the sending of another one.  Writing to a full pipe makes Emacs
;;   read, so the filter may run in the middle of anything; here it only puts messages into a queue.
;; - Writing never waits for a sidecar that does not read.  A pipe holds 64 KiB; when nearly that much was written and
;;   no answer proves that it was read, messages wait in a queue of bounded size instead.
;; - Output is handed to us as soon as it arrives.

;;; Code:

(require 'cl-lib)
(require 'eieio)
(require 'json)
(require 'jsonrpc)

(defconst meta-log-wire--window-bytes (* 48 1024)
  "How much may be written without proof that it was read.")

(defconst meta-log-wire--outbox-bytes (* 64 1024 1024)
  "How much may wait.
More ends the sidecar, which is then started again and shown the whole texts.")

(defvar meta-log-wire--urgent nil "Whether what is sent now may not wait.")

(defvar meta-log-wire--sent-id nil "The id of the message that was sent last.")

(defconst meta-log-wire--header-bytes 4096 "The longest header block.")
(defconst meta-log-wire--body-bytes (* 128 1024 1024) "The longest body.")

(defclass meta-log-wire (jsonrpc-connection)
  ((process :initarg :process :accessor meta-log-wire-process)
   (chunks :initform nil :accessor meta-log-wire--chunks :documentation "Unread input, newest first.")
   (have :initform 0 :accessor meta-log-wire--have :documentation "Bytes of unread input.")
   (need :initform 0 :accessor meta-log-wire--need :documentation "Bytes of input before which looking is futile.")
   (inbox :initform nil :accessor meta-log-wire--inbox :documentation "Messages to handle, oldest first.")
   (busy :initform nil :accessor meta-log-wire--busy :documentation "Whether a message is being handled or sent.")
   (wake :initform nil :accessor meta-log-wire--wake :documentation "Timer that will look into the inbox.")
   (outbox :initform nil :accessor meta-log-wire--outbox :documentation "Framed messages to write, oldest first.")
   (outbox-bytes :initform 0 :accessor meta-log-wire--outbox-size)
   (written :initform 0 :accessor meta-log-wire--written :documentation "Bytes written so far.")
   (proven :initform 0 :accessor meta-log-wire--proven :documentation "Bytes of them known to have been read.")
   (probing :initform nil :accessor meta-log-wire--probing :documentation "Whether a probe was sent.")
   (probe :initarg :probe :accessor meta-log-wire--probe
          :documentation "Method of a cheap request whose answer proves that input is read.")
   (pending :initform nil :accessor meta-log-wire--pending
            :documentation "For every request not answered, a function to call with an error when the process ends.")
   (on-death :initarg :on-death :accessor meta-log-wire--on-death))
  "A connection to a sidecar.")

(defun meta-log-wire-open (name process probe requests notifications on-death)
  "Return a wire called NAME over PROCESS.
PROBE is the method of a cheap request.  REQUESTS and NOTIFICATIONS are
functions of the connection, a method and its parameters.  ON-DEATH is called
with the wire once the process has ended and every open request was told."
  (let* ((arguments (list :name name :process process :probe probe :on-death on-death
                          :request-dispatcher requests :notification-dispatcher notifications))
         (wire (condition-case nil
                   (apply #'make-instance 'meta-log-wire :events-buffer-config '(:size 0 :format full) arguments)
                 (invalid-slot-name
                  (apply #'make-instance 'meta-log-wire :events-buffer-scrollback-size 0 arguments)))))
    (process-put process 'meta-log-wire wire)
    (set-process-filter process #'meta-log-wire--filter)
    (set-process-sentinel process #'meta-log-wire--sentinel)
    wire))

(cl-defmethod jsonrpc-running-p ((wire meta-log-wire))
  "Return non-nil if the process of WIRE lives."
  (process-live-p (meta-log-wire-process wire)))

(cl-defmethod jsonrpc-shutdown ((wire meta-log-wire) &rest _)
  "End the process of WIRE."
  (delete-process (meta-log-wire-process wire)))

;;; Reading

(defun meta-log-wire--filter (process bytes)
  "Take BYTES from PROCESS and handle the messages that are complete."
  (let ((wire (process-get process 'meta-log-wire)))
    (push bytes (meta-log-wire--chunks wire))
    (cl-incf (meta-log-wire--have wire) (length bytes))
    (when (>= (meta-log-wire--have wire) (meta-log-wire--need wire))
      (meta-log-wire--split wire))
    (meta-log-wire--handle wire)))

(defun meta-log-wire--parse (body)
  "Return the message that BODY, a string of bytes, holds."
  (let ((text (decode-coding-string body 'utf-8-unix t)))
    (condition-case err
        (json-parse-string text :object-type 'plist :null-object nil :false-object :json-false)
      (json-parse-error
       ;; Emacs 28's fast parser knows no NUL; the slow one does.
       (if (not (string-search "\\u0000" text))
           (signal (car err) (cdr err))
         (let ((json-object-type 'plist) (json-array-type 'vector) (json-null nil) (json-false :json-false))
           (json-read-from-string text)))))))

(defun meta-log-wire--split (wire)
  "Move the complete messages of WIRE's input to its inbox."
  (let ((input (apply #'concat (nreverse (meta-log-wire--chunks wire))))
        (at 0) (need 0) messages end)
    (while (and (= need 0) (setq end (string-search "\r\n\r\n" input at)))
      (let* ((case-fold-search t)
             (header (substring input at end))
             (length (and (string-match "^content-length: *\\([0-9]+\\) *\r?$" header)
                          (string-to-number (match-string 1 header)))))
        (unless (and length (<= length meta-log-wire--body-bytes))
          (meta-log-wire--give-up wire (format "a header without a usable Content-Length: %S" header)))
        (let ((body (+ end 4)))
          (if (< (length input) (+ body length))
              (setq need (- (+ body length) at))
            (setq at (+ body length))
            (condition-case err
                (push (meta-log-wire--parse (substring input body at)) messages)
              (error (message "meta-log: the sidecar sent a body that is no JSON: %s" (error-message-string err))))))))
    (setf (meta-log-wire--chunks wire) (and (< at (length input)) (list (substring input at)))
          (meta-log-wire--have wire) (- (length input) at)
          (meta-log-wire--need wire) need
          (meta-log-wire--inbox wire) (nconc (meta-log-wire--inbox wire) (nreverse messages)))
    (when (and (= need 0) (> (meta-log-wire--have wire) meta-log-wire--header-bytes))
      (meta-log-wire--give-up wire "output that is no message"))))

(defun meta-log-wire--give-up (wire reason)
  "End the process of WIRE because of REASON; whoever owns it starts it again."
  (setf (meta-log-wire--chunks wire) nil (meta-log-wire--have wire) 0 (meta-log-wire--need wire) 0)
  (delete-process (meta-log-wire-process wire))
  (error "Meta-log: the sidecar was ended because of %s" reason))

(defun meta-log-wire--handle (wire &optional nested)
  "Handle the messages in WIRE's inbox, in order.
While one is being handled or sent they wait, unless NESTED is non-nil: then
the handler itself waits for an answer."
  (when (or nested (not (meta-log-wire--busy wire)))
    (let ((before (meta-log-wire--busy wire)))
      (setf (meta-log-wire--busy wire) t)
      (unwind-protect
          (while (meta-log-wire--inbox wire)
            (let ((message (pop (meta-log-wire--inbox wire))))
              (condition-case err
                  (with-current-buffer (get-buffer-create " *meta-log wire*")
                    (save-match-data (jsonrpc-connection-receive wire message)))
                (error (message "meta-log: a message from the sidecar could not be handled: %s"
                                (error-message-string err))))))
        (setf (meta-log-wire--busy wire) before)
        (when (meta-log-wire--inbox wire) (meta-log-wire--handle-soon wire))))))

(defun meta-log-wire--handle-soon (wire)
  "Handle WIRE's inbox as soon as Emacs waits."
  (unless (meta-log-wire--wake wire)
    (setf (meta-log-wire--wake wire)
          (run-with-timer 0 nil (lambda ()
                                  (setf (meta-log-wire--wake wire) nil)
                                  (meta-log-wire--handle wire))))))

(defun meta-log-wire--sentinel (process _change)
  "Tell everybody who waits for an answer that PROCESS has ended."
  (unless (process-live-p process)
    (let* ((wire (process-get process 'meta-log-wire))
           (pending (meta-log-wire--pending wire)))
      (setf (meta-log-wire--pending wire) nil
            (meta-log-wire--outbox wire) nil)
      (jsonrpc-forget-pending-continuations wire)
      (dolist (fail (reverse pending))
        (with-demoted-errors "meta-log: %S"
          (funcall fail '(:code -1 :message "The sidecar ended before it answered"))))
      (funcall (meta-log-wire--on-death wire) wire))))

;;; Writing

(cl-defmethod jsonrpc-connection-send ((wire meta-log-wire) &rest arguments)
  "Write the message that ARGUMENTS describe to WIRE.
Let it wait if the sidecar does not read."
  (let* ((method (plist-get arguments :method))
         (reply (or (plist-member arguments :result) (plist-member arguments :error)))
         (json (json-serialize
                `(:jsonrpc "2.0"
                           ,@(and (plist-member arguments :id) (list :id (plist-get arguments :id)))
                           ,@(cond ((plist-member arguments :error) (list :error (plist-get arguments :error)))
                                   (reply (list :result (plist-get arguments :result)))
                                   (t (list :method (if (symbolp method) (symbol-name method) method))))
                           ,@(and (not reply) (plist-get arguments :params)
                                  (list :params (plist-get arguments :params))))
                :null-object nil :false-object :json-false))
         (body (if (multibyte-string-p json) (encode-coding-string json 'utf-8-unix t) json))
         (framed (concat (format "Content-Length: %d\r\n\r\n" (length body)) body)))
    (if meta-log-wire--urgent
        (meta-log-wire--put wire framed)
      (cl-incf (meta-log-wire--outbox-size wire) (length framed))
      (setf (meta-log-wire--outbox wire) (nconc (meta-log-wire--outbox wire) (list framed)))
      (when (> (meta-log-wire--outbox-size wire) meta-log-wire--outbox-bytes)
        (meta-log-wire--give-up wire "its not reading what it is sent"))
      (meta-log-wire--write wire))
    ;; Last, as a probe may have been sent meanwhile.
    (setq meta-log-wire--sent-id (plist-get arguments :id))))

(defun meta-log-wire--unproven (wire)
  "Return how many bytes were written to WIRE that may not have been read."
  (- (meta-log-wire--written wire) (meta-log-wire--proven wire)))

(defun meta-log-wire--put (wire framed)
  "Write the bytes FRAMED to WIRE."
  (cl-incf (meta-log-wire--written wire) (length framed))
  (let ((process (meta-log-wire-process wire))
        (before (meta-log-wire--busy wire)))
    (setf (meta-log-wire--busy wire) t)
    (unwind-protect
        ;; A process that just died is the sentinel's business.
        (when (process-live-p process)
          (condition-case nil (process-send-string process framed) (file-error nil)))
      (setf (meta-log-wire--busy wire) before)
      (when (and (not before) (meta-log-wire--inbox wire)) (meta-log-wire--handle-soon wire)))))

(defun meta-log-wire--write (wire)
  "Write as much of WIRE's outbox as fits.
To a process that has ended nothing is written: a probe of it would fail at
once, and lead back here."
  (let (framed)
    (while (and (jsonrpc-running-p wire)
                (setq framed (car (meta-log-wire--outbox wire)))
                (let ((unproven (meta-log-wire--unproven wire)))
                  (or (= 0 unproven) (<= (+ unproven (length framed)) meta-log-wire--window-bytes))))
      (pop (meta-log-wire--outbox wire))
      (cl-decf (meta-log-wire--outbox-size wire) (length framed))
      (meta-log-wire--put wire framed))
    (when (and (jsonrpc-running-p wire)
               (not (meta-log-wire--probing wire))
               (or framed (> (meta-log-wire--unproven wire) (/ meta-log-wire--window-bytes 2))))
      (setf (meta-log-wire--probing wire) t)
      (let ((done (lambda (&rest _) (setf (meta-log-wire--probing wire) nil) (meta-log-wire--write wire)))
            ;; The probe overtakes what waits, or nothing would ever be proven.
            (meta-log-wire--urgent t))
        (meta-log-wire-request wire (meta-log-wire--probe wire) nil done done)))))

(defun meta-log-wire-request (wire method params success failure)
  "Ask WIRE for METHOD with PARAMS.
Call SUCCESS with the result, or FAILURE with a plist that has `:code' and
`:message', exactly once, also when the process ends.  Return a function that,
called with no argument, forgets the request, and cancels it unless it was
answered."
  (let (told fail id)
    (setq fail (lambda (error)
                 (unless told
                   (setq told t)
                   (setf (meta-log-wire--pending wire) (delq fail (meta-log-wire--pending wire)))
                   (funcall failure error))))
    (push fail (meta-log-wire--pending wire))
    (if (not (jsonrpc-running-p wire))
        (funcall fail '(:code -1 :message "The sidecar is not running"))
      (let (read-upto)
        (jsonrpc-async-request
         wire method params :timeout nil
         :success-fn (lambda (result)
                       (when read-upto (meta-log-wire--prove wire read-upto))
                       (unless told
                         (setq told t)
                         (setf (meta-log-wire--pending wire) (delq fail (meta-log-wire--pending wire)))
                         (funcall success result)))
         :error-fn (lambda (error)
                     (when read-upto (meta-log-wire--prove wire read-upto))
                     (funcall fail error)))
        (setq id meta-log-wire--sent-id)
        ;; What was written up to here is read before the answer comes, if the request itself was written.
        (when (or meta-log-wire--urgent (not (meta-log-wire--outbox wire)))
          (setq read-upto (meta-log-wire--written wire)))))
    (lambda ()
      (unless told
        (setq told t)
        (setf (meta-log-wire--pending wire) (delq fail (meta-log-wire--pending wire)))
        (when (and id (jsonrpc-running-p wire))
          (jsonrpc-notify wire '$/cancelRequest (list :id id)))))))

(defun meta-log-wire--prove (wire bytes)
  "Note that the sidecar has read the first BYTES written to WIRE."
  (when (> bytes (meta-log-wire--proven wire))
    (setf (meta-log-wire--proven wire) bytes)
    (when (meta-log-wire--outbox wire) (meta-log-wire--write wire))))

(defun meta-log-wire-wait (wire done timeout-seconds)
  "Handle what WIRE brings until the function DONE returns non-nil.
Wait for at most TIMEOUT-SECONDS.  Return what DONE returned last."
  (let ((deadline (+ (float-time) timeout-seconds)) value)
    (while (and (not (setq value (funcall done)))
                (< (float-time) deadline))
      ;; Waiting for any process, Emacs would wait 10 ms more after each output.
      (accept-process-output (and (jsonrpc-running-p wire) (meta-log-wire-process wire)) 0.05)
      (when (meta-log-wire--inbox wire) (meta-log-wire--handle wire t)))
    value))

(provide 'meta-log-wire)
;;; meta-log-wire.el ends here
