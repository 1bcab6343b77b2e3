;;; meta-log-federation.el --- Meet other installations  -*- lexical-binding: t; -*-

;; SPDX-License-Identifier: Apache-2.0

;;; Commentary:

;; `meta-log-federation-init' makes sure that a broker is connected, and from then on `meta-log-federation--peers' holds
;; every peer that is announced and was verified.

;;; Code:

(require 'cl-lib)
(require 'meta-log-identity)
(require 'meta-log-mqtt)

(defvar meta-log-federation--initialized-p nil "Whether `meta-log-federation-init' has succeeded.")

(defvar meta-log-federation--peers (make-hash-table :test #'equal)
  "The peers that are known, by peer id.
Each is a plist of `:peer-id', `:public-key', `:address', `:last-seen' and
`:connections'.")

(defvar meta-log-federation--mqtt-connection nil "The connection to the broker.")

(defvar meta-log-federation--blackboard-file nil "The file that was named to `meta-log-federation-init'.")

(defvar meta-log-federation--local-peer-identity nil "The identity of this installation.")

(defvar meta-log-federation--broker nil "The broker that was asked for, or nil for the configured one.")

(defvar meta-log-federation--heard nil
  "The ids of the peers that were heard of since the blackboard was exchanged.")

(defvar meta-log-federation--announced nil "Whether this installation was announced, and shall be again.")

;;;###autoload
(defun meta-log-federation-init (&optional blackboard-file mqtt-broker)
  "Connect to MQTT-BROKER and start to keep track of peers; return t.
Without MQTT-BROKER it is the one in the environment variable
META_LOG_MQTT_BROKER, or else the one on this machine.  BLACKBOARD-FILE is
remembered for code that asks for it."
  (interactive)
  (let ((identity (meta-log-identity-create-peer))
        (connection (meta-log-mqtt-connect mqtt-broker)))
    (setq meta-log-federation--local-peer-identity identity
          meta-log-federation--mqtt-connection connection
          meta-log-federation--broker mqtt-broker
          meta-log-federation--blackboard-file
          (or blackboard-file meta-log-federation--blackboard-file
              (getenv "META_LOG_FEDERATION_BLACKBOARD")
              (locate-user-emacs-file "meta-log/federation-blackboard.org"))
          meta-log-federation--initialized-p t))
  (add-hook 'meta-log-sidecar-ready-hook #'meta-log-federation--sidecar-ready 90)
  (meta-log-federation-discover-peers)
  (when (called-interactively-p 'interactive)
    (message "meta-log: connected to %s" (meta-log-mqtt-connection-broker-url meta-log-federation--mqtt-connection)))
  t)

(defun meta-log-federation--sidecar-ready ()
  "After the sidecar was started once more, meet the others again."
  (clrhash meta-log-federation--peers)
  (meta-log-sidecar-ask
   'meta-log/federationInit
   (if meta-log-federation--broker (list :broker meta-log-federation--broker) (meta-log-mqtt--nothing))
   (lambda (_)
     (when meta-log-federation--announced
       (meta-log-sidecar-ask 'meta-log/announce nil #'ignore #'meta-log-federation--failed)))
   #'meta-log-federation--failed))

(defun meta-log-federation--failed (error)
  "Tell the person that meeting others again failed with ERROR."
  (message "meta-log: not announced again: %s" (plist-get error :message)))

(defun meta-log-federation-announce-peer (&optional identity-or-peer-id public-key)
  "Announce this installation; return the time of it once the broker acknowledged.
IDENTITY-OR-PEER-ID and PUBLIC-KEY may be left out; what is given must be this
installation's own, because an announcement is signed with its key."
  (let* ((own (meta-log-identity-get-current-peer))
         (peer-id (if (meta-log-peer-identity-p identity-or-peer-id)
                      (meta-log-peer-identity-peer-id identity-or-peer-id)
                    identity-or-peer-id)))
    (unless (and (member peer-id (list nil (meta-log-peer-identity-peer-id own)))
                 (member public-key (list nil (meta-log-peer-identity-public-key own))))
      (signal 'meta-log-error (list (format "Only this installation, %s, can be announced from here"
                                            (meta-log-peer-identity-peer-id own)))))
    (prog1 (meta-log-mqtt-announce-peer meta-log-federation--mqtt-connection)
      (setq meta-log-federation--announced t))))

(defun meta-log-federation-discover-peers ()
  "Return the peers that are known now.
This brings `meta-log-federation--peers' up to date."
  (let ((peers (meta-log-mqtt-discover-peers meta-log-federation--mqtt-connection)))
    (clrhash meta-log-federation--peers)
    (dolist (peer peers)
      (puthash (plist-get peer :peer-id) peer meta-log-federation--peers))
    peers))

(cl-defmethod meta-log-sidecar-on :before ((_ (eql meta-log/peerDiscovered)) params)
  "Keep the peer in PARAMS, before the hook hears of it."
  (let ((peer (meta-log-mqtt--peer params)))
    (cl-pushnew (plist-get peer :peer-id) meta-log-federation--heard :test #'equal)
    (puthash (plist-get peer :peer-id) peer meta-log-federation--peers)))

(cl-defmethod meta-log-sidecar-on ((_ (eql meta-log/peerLeft)) params)
  "Forget the peer in PARAMS."
  (remhash (plist-get params :peerId) meta-log-federation--peers))

;; People's code calls these after it has required this file.
(autoload 'meta-log-federation-sync-blackboard "meta-log-blackboard" nil t)
(autoload 'meta-log-federation-create-blackboard "meta-log-blackboard" nil t)
(autoload 'meta-log-federation-load-blackboard "meta-log-blackboard" nil t)
(autoload 'meta-log-federation-get-blackboard-state "meta-log-blackboard")
(autoload 'meta-log-federation-merge-state "meta-log-blackboard")
(autoload 'meta-log-federation-save-peer-to-blackboard "meta-log-blackboard")
(autoload 'meta-log-federation-save-node-to-blackboard "meta-log-blackboard")

(provide 'meta-log-federation)
;;; meta-log-federation.el ends here
