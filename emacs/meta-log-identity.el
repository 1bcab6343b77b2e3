;;; meta-log-identity.el --- Who this installation is  -*- lexical-binding: t; -*-

;; SPDX-License-Identifier: Apache-2.0

;;; Commentary:

;; The identity lives in the sidecar, which makes it on its first run, keeps it encrypted and signs with it.  No key
;; ever comes here: these functions ask.

;;; Code:

(require 'cl-lib)
(require 'meta-log-sidecar)

(cl-defstruct meta-log-peer-identity
  "The public half of a peer."
  (peer-id nil :documentation "\"peer-\" and 40 hex digits, derived from the key.")
  (public-key nil :documentation "Uncompressed secp256k1 key: \"0x\" and 130 hex digits.")
  (address nil :documentation "\"0x\" and 40 hex digits.")
  (created nil :documentation "Whether the identity was made in this session."))

(defvar meta-log-identity--current-peer nil "The identity of this installation, once it was asked for.")

(defun meta-log-identity--own ()
  "Return the sidecar's identity."
  (let ((answer (meta-log-sidecar-call 'meta-log/identity nil)))
    (make-meta-log-peer-identity :peer-id (plist-get answer :peerId)
                                 :public-key (plist-get answer :publicKey)
                                 :address (plist-get answer :address)
                                 :created (eq t (plist-get answer :created)))))

;;;###autoload
(defun meta-log-identity-create-peer (&optional peer-id org-file)
  "Return the identity of this installation; it is made if there is none.
A peer's id follows from its key, so PEER-ID may only be nil or what it is
anyway.  With ORG-FILE, the public half is saved there."
  (let ((identity (meta-log-identity--own)))
    (unless (member peer-id (list nil (meta-log-peer-identity-peer-id identity)))
      (signal 'meta-log-error
              (list (format "A peer id follows from the peer's key and cannot be chosen: this peer is %s, not %s"
                            (meta-log-peer-identity-peer-id identity) peer-id))))
    (setq meta-log-identity--current-peer identity)
    (when org-file (meta-log-identity-save-peer identity org-file))
    identity))

(defun meta-log-identity--default-file ()
  "Return the file that holds the public half of this installation's identity."
  (locate-user-emacs-file "meta-log/peer-identity.org"))

(defun meta-log-identity-save-peer (identity &optional org-file)
  "Write the public half of IDENTITY to ORG-FILE and return the file.
By default it is below `user-emacs-directory'."
  (let ((file (or org-file (meta-log-identity--default-file))))
    (make-directory (file-name-directory (expand-file-name file)) t)
    (with-temp-file file
      (insert "* Peer Identity\n:PROPERTIES:\n"
              (format ":PEER_ID: %s\n" (meta-log-peer-identity-peer-id identity))
              (format ":PEER_PUBLIC_KEY: %s\n" (meta-log-peer-identity-public-key identity))
              (format ":PEER_ADDRESS: %s\n" (meta-log-peer-identity-address identity))
              ":END:\n"))
    file))

(defun meta-log-identity-load-peer (&optional org-file)
  "Return the public half of an identity as it was saved in ORG-FILE."
  (let ((file (or org-file (meta-log-identity--default-file))))
    (with-temp-buffer
      (insert-file-contents file)
      (cl-flet ((property (name)
                  (goto-char (point-min))
                  (unless (re-search-forward (format "^[ \t]*:%s:[ \t]+\\([^ \t\n]+\\)" name) nil t)
                    (signal 'meta-log-error (list (format "The file %s has no property %s" file name))))
                  (match-string 1)))
        (make-meta-log-peer-identity :peer-id (property "PEER_ID")
                                     :public-key (property "PEER_PUBLIC_KEY")
                                     :address (property "PEER_ADDRESS"))))))

(defun meta-log-identity-get-current-peer ()
  "Return the identity of this installation."
  (or meta-log-identity--current-peer (meta-log-identity-create-peer)))

(defun meta-log-identity-set-current-peer (identity)
  "Make IDENTITY the current one; it must be this installation's own."
  (let ((own (meta-log-identity--own)))
    (unless (equal (meta-log-peer-identity-peer-id own) (meta-log-peer-identity-peer-id identity))
      (signal 'meta-log-error (list (format "The sidecar holds the key of %s, not of %s"
                                            (meta-log-peer-identity-peer-id own)
                                            (meta-log-peer-identity-peer-id identity)))))
    (setq meta-log-identity--current-peer identity)))

(defun meta-log-identity-get-peer-id (&optional identity)
  "Return the peer id of IDENTITY, by default of this installation."
  (meta-log-peer-identity-peer-id (or identity (meta-log-identity-get-current-peer))))

(defun meta-log-identity-get-public-key (&optional identity)
  "Return the public key of IDENTITY, by default of this installation."
  (meta-log-peer-identity-public-key (or identity (meta-log-identity-get-current-peer))))

(defun meta-log-identity-sign-message (identity message)
  "Return IDENTITY's signature of the string MESSAGE, as hex digits behind \"0x\".
IDENTITY must be this installation's own; nil stands for it."
  (when identity (meta-log-identity-set-current-peer identity))
  (plist-get (meta-log-sidecar-call 'meta-log/sign (list :message message)) :signature))

(defun meta-log-identity-verify-peer (identity-or-peer signature message)
  "Return non-nil if IDENTITY-OR-PEER's key made SIGNATURE over MESSAGE.
That is an identity, a peer id, or a value of `meta-log-federation--peers'."
  (let ((peer-id (cond ((meta-log-peer-identity-p identity-or-peer)
                        (meta-log-peer-identity-peer-id identity-or-peer))
                       ((stringp identity-or-peer) identity-or-peer)
                       (t (plist-get identity-or-peer :peer-id)))))
    (eq t (plist-get (meta-log-sidecar-call 'meta-log/verify
                                            (list :peerId peer-id :signature signature :message message))
                     :valid))))

(provide 'meta-log-identity)
;;; meta-log-identity.el ends here
