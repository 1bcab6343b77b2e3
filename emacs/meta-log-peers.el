;;; meta-log-peers.el --- Whom you share with, and whom you block  -*- lexical-binding: t; -*-

;; SPDX-License-Identifier: Apache-2.0

;;; Commentary:

;; `meta-log-peers' lists every peer that was heard of in this workspace, and what was seen of each.  The sidecar
;; keeps the list, and whom you block; here it is shown and asked for.

;;; Code:

(require 'cl-lib)
(require 'subr-x)
(require 'tabulated-list)
(require 'meta-log-sidecar)

(defconst meta-log-peers--buffer "*meta-log-peers*" "The buffer that lists the peers.")

(defface meta-log-peers-blocked '((t :inherit error))
  "Peers that you blocked."
  :group 'meta-log)

(defface meta-log-peers-active '((t :inherit success))
  "Peers that are here."
  :group 'meta-log)

;;; What programs call

(defun meta-log-peers-all ()
  "Return all peers that were heard of, as the sidecar tells them: plists."
  (append (plist-get (meta-log-sidecar-call 'meta-log/peerList nil) :peers) nil))

(defun meta-log-peers--decide (method peer-id)
  "Ask the sidecar for METHOD with PEER-ID; tell what follows; return the peer."
  (let ((answer (meta-log-sidecar-call method (list :peerId peer-id))))
    (meta-log-peers--refresh)
    (message "meta-log: %s" (plist-get answer :explanation))
    (plist-get answer :peer)))

;;;###autoload
(defun meta-log-peers-block (peer-id)
  "Take nothing more of the peer PEER-ID in this workspace; return the peer.
It keeps the keys of what was shared with it, and what it writes may still
arrive through others: the sidecar's answer tells so."
  (interactive (list (meta-log-peers--read "Block: ")))
  (meta-log-peers--decide 'meta-log/peerBlock peer-id))

;;;###autoload
(defun meta-log-peers-unblock (peer-id)
  "Hear the peer PEER-ID again in this workspace; return the peer."
  (interactive (list (meta-log-peers--read "Unblock: ")))
  (meta-log-peers--decide 'meta-log/peerUnblock peer-id))

(defun meta-log-peers--read (prompt)
  "Return the peer at point in the list, or ask for one with PROMPT."
  (or (and (derived-mode-p 'meta-log-peers-mode) (tabulated-list-get-id))
      (completing-read prompt (mapcar (lambda (peer) (plist-get peer :peerId)) (meta-log-peers-all)) nil nil "peer-")))

;;; The list

(defvar meta-log-peers-mode-map
  (let ((map (make-sparse-keymap)))
    (define-key map "b" #'meta-log-peers-block)
    (define-key map "u" #'meta-log-peers-unblock)
    (define-key map (kbd "RET") #'meta-log-peers-show)
    map)
  "The keys of the list of peers.")

(define-derived-mode meta-log-peers-mode tabulated-list-mode "Peers"
  "The peers of this workspace: \\<meta-log-peers-mode-map>\\[meta-log-peers-block] blocks one, \\[meta-log-peers-unblock] unblocks it.
\\{meta-log-peers-mode-map}"
  (setq tabulated-list-format [("Peer" 46 t) ("Status" 9 t) ("Way" 24 t) ("Heard" 21 t) ("Synced" 21 t) ("Answered" 12 nil) ("Shared" 0 nil)]
        tabulated-list-padding 1)
  (add-hook 'tabulated-list-revert-hook #'meta-log-peers--fetch nil t)
  (tabulated-list-init-header))

;;;###autoload
(defun meta-log-peers ()
  "List the peers of this workspace, and what was seen of each."
  (interactive)
  (let ((answer (meta-log-sidecar-call 'meta-log/peerList nil)))
    (with-current-buffer (get-buffer-create meta-log-peers--buffer)
      (unless (derived-mode-p 'meta-log-peers-mode) (meta-log-peers-mode))
      (meta-log-peers--draw answer))
    (pop-to-buffer meta-log-peers--buffer)))

(defun meta-log-peers--fetch ()
  "Ask for the peers once more, before the list is drawn."
  (setq tabulated-list-entries (meta-log-peers--entries (meta-log-sidecar-call 'meta-log/peerList nil))))

(defun meta-log-peers--entries (answer)
  "Return the lines of the list: the peers in ANSWER, and who hears whom not."
  (append (mapcar #'meta-log-peers--entry (plist-get answer :peers))
          (mapcar #'meta-log-peers--apart (plist-get answer :separations))))

(defun meta-log-peers--apart (separation)
  "Return the line about the two peers of SEPARATION."
  (let ((through (append (plist-get separation :through) nil)))
    (list nil (vector (format "%s | %s" (substring (plist-get separation :first) 0 13)
                              (substring (plist-get separation :second) 0 13))
                      (propertize "apart" 'face 'meta-log-peers-blocked) "" "" "" ""
                      (format "They do not hear each other; what they write passes through %s"
                              (if through (string-join through " and ") "nobody that is known"))))))

(defun meta-log-peers--draw (answer)
  "Show the peers in ANSWER in this buffer; point stays at its peer."
  (setq tabulated-list-entries (meta-log-peers--entries answer))
  (tabulated-list-print t))

(defun meta-log-peers--entry (peer)
  "Return the line of PEER in the list."
  (let ((id (plist-get peer :peerId)) (status (plist-get peer :status)) (exchanges (plist-get peer :exchanges)))
    (list id (vector id
                     (propertize status 'face (pcase status
                                                ("blocked" 'meta-log-peers-blocked)
                                                ("active" 'meta-log-peers-active)
                                                (_ 'shadow)))
                     (meta-log-peers--way peer)
                     (meta-log-peers--time (plist-get peer :lastHeard))
                     (meta-log-peers--time (plist-get peer :lastSynced))
                     (meta-log-peers--answered exchanges)
                     (mapconcat #'meta-log-peers--path (plist-get peer :relations) ", ")))))

(defun meta-log-peers--way (peer)
  "Return by which way PEER is reached now."
  (let ((way (plist-get peer :way)))
    (if way (string-trim (concat (plist-get way :kind) " " (string-join (plist-get way :addresses) ", "))) "-")))

(defun meta-log-peers--time (time)
  "Return TIME, of ISO 8601 or nil, as people here read it."
  (if time (format-time-string "%F %T" (date-to-time (replace-regexp-in-string "\\.[0-9]+" "" time))) "never"))

(defun meta-log-peers--answered (exchanges)
  "Return how many of the settled EXCHANGES were answered."
  (let ((answered (plist-get exchanges :answered)) (unanswered (plist-get exchanges :unanswered)))
    (if (= 0 (+ answered unanswered)) "not asked" (format "%d of %d" answered (+ answered unanswered)))))

(defun meta-log-peers--path (relation)
  "Return what that is called which RELATION is about."
  (or (plist-get relation :path) (concat (plist-get relation :documentId) " (not shared any more)")))

(defun meta-log-peers-show (peer-id)
  "Show all that is known of the peer PEER-ID."
  (interactive (list (meta-log-peers--read "Show: ")))
  (let ((peer (meta-log-sidecar-call 'meta-log/peerShow (list :peerId peer-id))))
    (with-help-window "*meta-log peer*"
      (princ (format "%s\n\n" peer-id))
      (meta-log-peers--describe peer "")
      (dolist (relation (append (plist-get peer :relations) nil))
        (princ (format "\n%s\n" (meta-log-peers--path relation)))
        (meta-log-peers--describe relation "  ")))))

(defun meta-log-peers--describe (dealings indent)
  "Print DEALINGS with a peer, each line behind INDENT."
  (let ((traffic (plist-get dealings :traffic)) (failure (plist-get dealings :failure)))
    (pcase-dolist (`(,name . ,value)
                   `(("status" . ,(plist-get dealings :status))
                     ("way" . ,(and (plist-get dealings :status) (meta-log-peers--way dealings)))
                     ("blocked since" . ,(and (plist-get dealings :blockedAt)
                                              (meta-log-peers--time (plist-get dealings :blockedAt))))
                     ("no direct link until" . ,(and (plist-get dealings :bannedUntil)
                                                     (meta-log-peers--time (plist-get dealings :bannedUntil))))
                     ("dropped messages" . ,(let ((dropped (plist-get dealings :dropped)))
                                              (and dropped (< 0 dropped) (number-to-string dropped))))
                     ("last heard" . ,(meta-log-peers--time (plist-get dealings :lastHeard)))
                     ("last synced" . ,(meta-log-peers--time (plist-get dealings :lastSynced)))
                     ("answered" . ,(meta-log-peers--answered (plist-get dealings :exchanges)))
                     ("came" . ,(format "%d bundles, %s" (plist-get traffic :bundlesIn)
                                        (file-size-human-readable (plist-get traffic :bytesIn) 'iec " " "B")))
                     ("went, as it asked" . ,(format "%d bundles, %s" (plist-get traffic :bundlesOut)
                                                     (file-size-human-readable (plist-get traffic :bytesOut) 'iec " " "B")))
                     ("last failure" . ,(and failure (format "%s %s" (meta-log-peers--time (plist-get failure :at))
                                                             (plist-get failure :why))))))
      (when value (princ (format "%s%-18s %s\n" indent name value))))))

(defun meta-log-peers--refresh ()
  "Bring the list up to date, if there is one, without waiting for it."
  (when (get-buffer meta-log-peers--buffer)
    (meta-log-sidecar-ask 'meta-log/peerList nil
                          (lambda (answer)
                            (when-let ((buffer (get-buffer meta-log-peers--buffer)))
                              (with-current-buffer buffer
                                (meta-log-peers--draw answer))))
                          #'ignore)))

(cl-defmethod meta-log-sidecar-on ((_ (eql meta-log/peerStatus)) _params)
  "Show in the list that a peer stands otherwise than before."
  (meta-log-peers--refresh))

(provide 'meta-log-peers)
;;; meta-log-peers.el ends here
