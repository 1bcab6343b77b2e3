;;; meta-log-post.el --- Files and messages in public, signed  -*- lexical-binding: t; -*-

;; SPDX-License-Identifier: Apache-2.0

;;; Commentary:

;; `meta-log-send-file' sends a file to everybody at the broker, `meta-log-send-message' a message to one peer.  Everybody
;; there can read both.  What arrives was verified by the sidecar, and runs a hook; files lie below "synced/" in the
;; workspace.

;;; Code:

(require 'cl-lib)
(require 'json)
(require 'meta-log-mqtt)

(defvar meta-log-mqtt-peer-message-hook nil
  "Functions of (FROM TO PAYLOAD SIGNATURE), called for every message of a peer.
The signature was verified.  PAYLOAD is a string, or whatever JSON value it was:
objects as plists, arrays as vectors.")

(defvar meta-log-file-received-hook nil
  "Functions of (PEER-ID FILE PLACE EXPLANATION), called for every file of a peer.
FILE is what the peer calls it, and PLACE the file it was written to, or nil if
it was not.  EXPLANATION says why, or why it lies beside the one of its name.")

;; Not every Emacs takes a value that is neither an object nor an array, so it is put into an array.

(defun meta-log-post--text (payload)
  "Return PAYLOAD as JSON text."
  (substring (decode-coding-string (json-serialize (vector payload) :null-object nil :false-object :json-false) 'utf-8)
             1 -1))

(defun meta-log-post--parse (payload)
  "Return the value that the JSON text PAYLOAD stands for."
  (condition-case nil
      (aref (json-parse-string (concat "[" payload "]")
                               :object-type 'plist :null-object nil :false-object :json-false)
            0)
    ;; A number that Emacs has no room for: the text is all there is.
    (error payload)))

;;;###autoload
(defun meta-log-send-file (file &optional name)
  "Send FILE to everybody at the broker, under NAME or its own name.
Return the time of it once the broker has acknowledged it.  What is not saved
yet is sent too."
  (interactive "fFile to send to everybody: ")
  (let* ((content (meta-log-post--content file))
         (name (or name (file-name-nondirectory (directory-file-name file))))
         (sent (meta-log-post--call 'meta-log/sendFile (list :file name :content content))))
    (when (called-interactively-p 'interactive)
      (message "meta-log: %s was sent to everybody at %s" name (plist-get sent :broker)))
    (plist-get sent :timestamp)))

(defun meta-log-post--content (file)
  "Return the text of FILE, as the buffer that visits it shows it."
  (let ((buffer (find-buffer-visiting file)))
    (if buffer
        (with-current-buffer buffer
          (save-restriction (widen) (buffer-substring-no-properties (point-min) (point-max))))
      (with-temp-buffer
        (let ((coding-system-for-read 'utf-8))
          (insert-file-contents file))
        (buffer-string)))))

;;;###autoload
(defun meta-log-send-message (peer-id payload)
  "Send PAYLOAD to the peer PEER-ID; everybody at the broker can read it.
PAYLOAD is a string, or a plist, vector, number, t, nil or `:json-false', which
become JSON.  Return the time of it once the broker has acknowledged it."
  (interactive (list (completing-read "To: " (mapcar (lambda (peer) (plist-get peer :peer-id))
                                                     (meta-log-mqtt-discover-peers))
                                      nil nil "peer-")
                     (read-string "Message: ")))
  (let ((sent (meta-log-post--call 'meta-log/sendMessage
                                   (list :peerId peer-id :payload (meta-log-post--text payload)))))
    (when (called-interactively-p 'interactive)
      (message "meta-log: sent to %s" peer-id))
    (plist-get sent :timestamp)))

(defun meta-log-post--call (method params)
  "Call METHOD with PARAMS once a broker is connected."
  (meta-log-sidecar-call 'meta-log/federationInit (meta-log-mqtt--nothing) 15)
  (meta-log-sidecar-call method params 15))

(defun meta-log-mqtt-send-peer-message (connection peer-id payload)
  "Send PAYLOAD to the peer PEER-ID over CONNECTION, signed.
Return the time of it; see `meta-log-send-message'."
  (ignore connection)
  (meta-log-send-message peer-id payload))

(cl-defmethod meta-log-sidecar-on ((_ (eql meta-log/peerMessage)) params)
  "Hand the message in PARAMS to the hook."
  (meta-log-mqtt--run-hook 'meta-log-mqtt-peer-message-hook
                           (plist-get params :from) (plist-get params :to)
                           (meta-log-post--parse (plist-get params :payload)) (plist-get params :signature)))

(cl-defmethod meta-log-sidecar-on ((_ (eql meta-log/fileReceived)) params)
  "Tell the person and the hook of the file in PARAMS."
  (let* ((kept (eq t (plist-get params :kept)))
         (place (and kept (meta-log-sidecar-file (plist-get params :uri)))))
    (message "meta-log: %s of %s %s%s" (plist-get params :file) (substring (plist-get params :peerId) 0 13)
             (if kept (concat "is in " (abbreviate-file-name place)) "was not kept")
             (if (plist-get params :explanation) (concat ": " (plist-get params :explanation)) ""))
    (meta-log-mqtt--run-hook 'meta-log-file-received-hook
                             (plist-get params :peerId) (plist-get params :file) place
                             (plist-get params :explanation))))

(provide 'meta-log-post)
;;; meta-log-post.el ends here
