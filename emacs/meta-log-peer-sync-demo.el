;;; meta-log-peer-sync-demo.el --- Identity, federation and sync in one call  -*- lexical-binding: t; -*-

;; SPDX-License-Identifier: Apache-2.0

;;; Commentary:

;;   (require 'meta-log-peer-sync-demo)
;;   (meta-log-peer-sync-demo-init)
;;   (meta-log-peer-sync-demo-sync-canvasl "notes.canvasl")   ; others find it under synced/

;; To write in a file together, share it instead: `meta-log-share'.

;;; Code:

(require 'meta-log)
(require 'meta-log-federation)
(require 'meta-log-identity)
(require 'meta-log-post)

(defvar meta-log-peer-sync-demo--identity nil "The identity of this installation, after the demo was started.")

;;;###autoload
(defun meta-log-peer-sync-demo-init ()
  "Start the sidecar, connect to the broker, announce this peer.
Return the identity of this peer.  Calling it again is safe."
  (interactive)
  (meta-log-federation-init)
  (setq meta-log-peer-sync-demo--identity meta-log-federation--local-peer-identity)
  (meta-log-federation-announce-peer meta-log-peer-sync-demo--identity)
  (when (called-interactively-p 'interactive)
    (message "meta-log: this is %s, announced at %s"
             (meta-log-peer-identity-peer-id meta-log-peer-sync-demo--identity)
             (meta-log-mqtt-connection-broker-url meta-log-federation--mqtt-connection)))
  meta-log-peer-sync-demo--identity)

;;;###autoload
(defun meta-log-peer-sync-demo-discover-peers ()
  "Return the peers that are known now; interactively, show them."
  (interactive)
  (if (called-interactively-p 'interactive)
      (meta-log-list-peers)
    (meta-log-federation-discover-peers)))

;;;###autoload
(defun meta-log-peer-sync-demo-sync-canvasl (file)
  "Send FILE to everybody at the broker, signed.
Return the time of it once the broker has acknowledged it."
  (interactive "fCanvasL file: ")
  (prog1 (meta-log-send-file file)
    (when (called-interactively-p 'interactive)
      (message "meta-log: %s was sent to everybody" (file-name-nondirectory file)))))

(defun meta-log-peer-sync-demo-handle-sync-message (topic message)
  "Return what MESSAGE on TOPIC says, or nil if it is no file that a peer sent.
It is a plist of `:peer-id', `:file', `:content' and `:timestamp'.  The sidecar
has verified and written the file by then; see `meta-log-file-received-hook'."
  (when (string-suffix-p "/sync" topic)
    (let ((json (meta-log-post--parse message)))
      (and (consp json) (equal "canvasl-sync" (plist-get json :type))
           (list :peer-id (plist-get json :peer_id) :file (plist-get json :file)
                 :content (plist-get json :content) :timestamp (plist-get json :timestamp))))))

(provide 'meta-log-peer-sync-demo)
;;; meta-log-peer-sync-demo.el ends here
