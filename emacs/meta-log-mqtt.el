;;; meta-log-mqtt.el --- Publish and subscribe through the sidecar  -*- lexical-binding: t; -*-

;; SPDX-License-Identifier: Apache-2.0

;;; Commentary:

;; The sidecar holds the connection to the broker; these functions use it.  Subscriptions made here outlive a restart
;; of the sidecar.

;;; Code:

(require 'cl-lib)
(require 'meta-log-sidecar)

(defvar meta-log-mqtt-message-received-hook nil
  "Functions of (TOPIC MESSAGE), called for every message on a public topic.
The topic is one that the sidecar or `meta-log-mqtt-subscribe' subscribed to.")

(defvar meta-log-mqtt-peer-announced-hook nil
  "Functions of (PEER-ID PUBLIC-KEY ADDRESS), called for every peer that appears.
Its announcement was verified.")

(cl-defstruct meta-log-mqtt-connection
  "The sidecar's connection to a broker."
  broker-url client-id username password process connected-p)

(defvar meta-log-mqtt--connections nil "Every connection that was handed out.")

(defvar meta-log-mqtt--handlers nil "What is subscribed to: ((TOPIC-FILTER FUNCTION...)...).")

(defun meta-log-mqtt--run-hook (hook &rest arguments)
  "Call every function of HOOK with ARGUMENTS, also when one of them fails."
  (apply #'run-hook-wrapped hook
         (lambda (function &rest arguments)
           (meta-log-mqtt--call function arguments)
           nil)
         arguments))

(defun meta-log-mqtt--call (function arguments)
  "Call FUNCTION with ARGUMENTS and tell the person if it fails."
  (condition-case err
      (save-current-buffer (apply function arguments))
    (error (message "meta-log: %s failed: %s"
                    (if (symbolp function) (format "the function %s" function) "a function without a name")
                    (error-message-string err)))))

;;;###autoload
(defun meta-log-mqtt-connect (&optional url client-id username password)
  "Return the connection to the broker at URL, once it stands.
A nil URL means the broker in the environment variable META_LOG_MQTT_BROKER, or
else the one on this machine.  The sidecar chooses the client id, so CLIENT-ID
is only kept.  A password never passes through here, so USERNAME and PASSWORD
must be nil: see `meta-log-broker-user'."
  (when (or username password)
    (signal 'meta-log-error
            (list "Set `meta-log-broker-user'; the password comes from auth-source, or is asked for")))
  (let* ((answer (meta-log-sidecar-call 'meta-log/federationInit (if url (list :broker url) (meta-log-mqtt--nothing)) 15))
         (connection (make-meta-log-mqtt-connection
                      :broker-url (plist-get answer :broker)
                      :client-id client-id
                      :process (meta-log-sidecar-process)
                      :connected-p (equal "connected" (plist-get answer :state)))))
    (push connection meta-log-mqtt--connections)
    connection))

(defun meta-log-mqtt--nothing ()
  "Return an empty JSON object."
  (make-hash-table :size 1))

(cl-defmethod meta-log-sidecar-on :after ((_ (eql meta-log/connection)) params)
  "Note in the connections that were handed out what PARAMS say."
  (dolist (connection meta-log-mqtt--connections)
    (when (equal (meta-log-mqtt-connection-broker-url connection) (plist-get params :broker))
      (setf (meta-log-mqtt-connection-connected-p connection) (equal "connected" (plist-get params :state))
            (meta-log-mqtt-connection-process connection) (meta-log-sidecar-process)))))

(defun meta-log-mqtt--sidecar-down ()
  "Note that no connection stands."
  (dolist (connection meta-log-mqtt--connections)
    (setf (meta-log-mqtt-connection-connected-p connection) nil)))

(defun meta-log-mqtt--sidecar-ready ()
  "Subscribe to everything again."
  (dolist (entry meta-log-mqtt--handlers)
    (meta-log-sidecar-ask 'meta-log/mqttSubscribe (list :topic (car entry)) #'ignore
                          (lambda (error)
                            (message "meta-log: %s is not subscribed to any more: %s"
                                     (car entry) (plist-get error :message))))))

(add-hook 'meta-log-sidecar-down-hook #'meta-log-mqtt--sidecar-down)
(add-hook 'meta-log-sidecar-ready-hook #'meta-log-mqtt--sidecar-ready)

(defun meta-log-mqtt-publish (connection topic message &optional qos retain)
  "Publish the string MESSAGE on TOPIC over CONNECTION.
Return t once the broker has acknowledged it.  QOS is 0 or 1 (the default);
with RETAIN non-nil the broker keeps the message."
  (ignore connection)
  (meta-log-sidecar-call 'meta-log/mqttPublish
                         (list :topic topic :message message :qos (or qos 1) :retain (if retain t :json-false)))
  t)

(defun meta-log-mqtt-subscribe (connection topic &optional handler)
  "Have HANDLER called with a topic and a message for every message on TOPIC.
TOPIC may hold \"+\" and \"#\".  CONNECTION is what `meta-log-mqtt-connect'
returned."
  (ignore connection)
  (meta-log-sidecar-call 'meta-log/mqttSubscribe (list :topic topic))
  (let ((entry (or (assoc topic meta-log-mqtt--handlers)
                   (car (push (list topic) meta-log-mqtt--handlers)))))
    (when (and handler (not (memq handler (cdr entry))))
      (setcdr entry (append (cdr entry) (list handler)))))
  t)

(defun meta-log-mqtt-unsubscribe (connection topic)
  "Take back every subscription to TOPIC.
CONNECTION is what `meta-log-mqtt-connect' returned."
  (ignore connection)
  (setq meta-log-mqtt--handlers (cl-remove topic meta-log-mqtt--handlers :key #'car :test #'equal))
  (meta-log-sidecar-call 'meta-log/mqttUnsubscribe (list :topic topic))
  t)

(defun meta-log-mqtt--matches-p (filter topic)
  "Return non-nil if FILTER covers TOPIC (MQTT 3.1.1, section 4.7)."
  (let ((filters (split-string filter "/")) (levels (split-string topic "/")) (matches t))
    (when (and (string-prefix-p "$" topic) (member (car filters) '("#" "+")))
      (setq matches nil))
    (while (and matches filters)
      (let ((part (pop filters)))
        (cond ((equal part "#") (setq levels nil filters nil))
              ((null levels) (setq matches nil))
              ((member part (list "+" (car levels))) (pop levels))
              (t (setq matches nil)))))
    (and matches (null levels))))

(cl-defmethod meta-log-sidecar-on ((_ (eql meta-log/messageReceived)) params)
  "Hand the message in PARAMS to the hook and to the handlers of its topic."
  (let ((topic (plist-get params :topic)) (message (plist-get params :message)))
    (meta-log-mqtt--run-hook 'meta-log-mqtt-message-received-hook topic message)
    (pcase-dolist (`(,filter . ,handlers) meta-log-mqtt--handlers)
      (when (meta-log-mqtt--matches-p filter topic)
        (dolist (handler handlers)
          (meta-log-mqtt--call handler (list topic message)))))))

(cl-defmethod meta-log-sidecar-on ((_ (eql meta-log/peerDiscovered)) params)
  "Tell the hook of the peer in PARAMS."
  (meta-log-mqtt--run-hook 'meta-log-mqtt-peer-announced-hook
                           (plist-get params :peerId) (plist-get params :publicKey) (plist-get params :address)))

(defun meta-log-mqtt-announce-peer (&optional connection)
  "Announce this installation over CONNECTION.
Return the time of it once the broker has acknowledged it."
  (ignore connection)
  (plist-get (meta-log-sidecar-call 'meta-log/announce nil) :timestamp))

(defun meta-log-mqtt-discover-peers (&optional connection)
  "Return the peers that announced themselves over CONNECTION and were verified.
Each is a plist of `:peer-id', `:public-key', `:address', `:last-seen' and
`:connections'."
  (ignore connection)
  (mapcar #'meta-log-mqtt--peer (plist-get (meta-log-sidecar-call 'meta-log/peers nil) :peers)))

(defun meta-log-mqtt--peer (peer)
  "Return PEER, a plist as the sidecar sends it, as people's code knows it."
  (list :peer-id (plist-get peer :peerId)
        :public-key (plist-get peer :publicKey)
        :address (plist-get peer :address)
        :last-seen (plist-get peer :lastSeen)
        :connections (and (plist-get peer :path) (list (plist-get peer :path)))))

(provide 'meta-log-mqtt)
;;; meta-log-mqtt.el ends here
