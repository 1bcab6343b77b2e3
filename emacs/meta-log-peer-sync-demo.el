;;; meta-log-peer-sync-demo.el --- Identity, federation and sync in one call  -*- lexical-binding: t; -*-

;; SPDX-License-Identifier: Apache-2.0

;;; Commentary:

;;   (require 'meta-log-peer-sync-demo)
;;   (meta-log-peer-sync-demo-init)
;;   (meta-log-peer-sync-demo-sync-canvasl "notes.canvasl")   ; returns the invitation to hand on

;;; Code:

(require 'meta-log)
(require 'meta-log-federation)
(require 'meta-log-identity)

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
  "Make FILE live and return the invitation to it."
  (interactive "fCanvasL file: ")
  (with-current-buffer (find-file-noselect file)
    (meta-log-share)))

(provide 'meta-log-peer-sync-demo)
;;; meta-log-peer-sync-demo.el ends here
