;;; meta-log.el --- Text that is live, shared and durable, peer to peer  -*- lexical-binding: t; -*-

;; Author: The meta-log authors
;; Version: 0.1.0
;; Package-Requires: ((emacs "28.1"))
;; Keywords: comm, tools
;; URL: https://github.com/bthornemail/meta-log
;; SPDX-License-Identifier: Apache-2.0

;;; Commentary:

;; `meta-log-share' makes the file of the current buffer live and gives an invitation to hand on; whoever calls
;; `meta-log-join' with it edits the same text at the same time, in Emacs or in another editor.
;;
;; A sidecar process does the work: it merges, signs, encrypts and carries.  This package starts it, tells it what is
;; typed and applies what it says.

;;; Code:

(require 'cl-lib)
(require 'subr-x)
(require 'meta-log-document)
(require 'meta-log-mqtt)
(require 'meta-log-post)
(require 'meta-log-presence)
(require 'meta-log-sidecar)

;;; The mode

(defun meta-log--lighter ()
  "Return what the mode line says of the current buffer's document."
  (let ((document (meta-log-document-here)))
    (if document
        (propertize (format " ML[%s]"
                            (if-let ((others (meta-log-presence-summary document)))
                                (concat (meta-log-document-summary document) ", " others)
                              (meta-log-document-summary document)))
                    'help-echo (or (plist-get (meta-log-document-status document) :explanation)
                                   (meta-log-sidecar-explanation meta-log-sidecar--the)
                                   "meta-log"))
      " ML")))

;;;###autoload
(define-minor-mode meta-log-mode
  "Have the sidecar follow this buffer's text.
The document becomes live by `meta-log-share' or `meta-log-join'; one that was
live before is live again at once."
  :lighter (:eval (meta-log--lighter))
  (if (not meta-log-mode)
      (meta-log--undo-mode)
    (condition-case err
        (progn
          (meta-log-sidecar-launch)
          (meta-log-document-open)
          (add-hook 'after-set-visited-file-name-hook #'meta-log--renamed nil t))
      (error
       (setq meta-log-mode nil)
       (meta-log--undo-mode)
       (signal (car err) (cdr err))))))
(put 'meta-log-mode 'permanent-local t)
(put 'meta-log--renamed 'permanent-local-hook t)

(defun meta-log--undo-mode ()
  "Undo what `meta-log-mode' does in this buffer."
  (remove-hook 'after-set-visited-file-name-hook #'meta-log--renamed t)
  (when-let ((document (meta-log-document-here)))
    (meta-log-document-close document)))

(defun meta-log--renamed ()
  "The buffer visits another file now, so it is another document."
  (when meta-log-mode
    (meta-log-mode -1)
    (message "meta-log: %s is not live; the file it visited before is" (buffer-name))))

(defun meta-log--document ()
  "Return the current buffer's document, or tell the person that it is none."
  (or (meta-log-document-here)
      (user-error "The buffer %s is not known to meta-log: use M-x meta-log-share or M-x meta-log-join" (buffer-name))))

;;; Commands

;;;###autoload
(defun meta-log-share ()
  "Make the file of this buffer live, and return the invitation to it.
The invitation is also put on the kill ring; whoever holds it can read and
write the document."
  (interactive)
  (with-current-buffer (or (buffer-base-buffer) (current-buffer))
    (let* ((document (meta-log--document-to-share))
           (invitation (plist-get (meta-log-sidecar-call 'meta-log/share
                                                         (list :uri (meta-log-document-uri document)))
                                  :invitation)))
      (kill-new invitation)
      (message "%s" invitation)
      invitation)))

(defun meta-log--document-to-share ()
  "Return this buffer's document; the sidecar knows its text."
  (meta-log-document--check-file)
  (meta-log-sidecar-ensure)
  (meta-log--check-inside buffer-file-name)
  (unless (meta-log-document-here) (meta-log-mode 1))
  (let ((document (meta-log-document-here)))
    (meta-log-document-flush document)
    document))

(defun meta-log--check-inside (file)
  "Signal an error unless FILE lies in the workspace."
  (let ((workspace (meta-log-sidecar-workspace meta-log-sidecar--the)))
    (unless (or (file-in-directory-p file workspace)
                (string-prefix-p workspace (expand-file-name file)))
      (user-error "%s is outside of the workspace %s: set `meta-log-workspace' and use M-x meta-log-sidecar-stop"
                  file workspace))))

(defconst meta-log--code "[0-9]\\{6\\}[ -]+[a-z]+[ -]+[a-z]+" "A code that somebody reads out.")

(defun meta-log--invitation-at-hand ()
  "Return the invitation on the kill ring, if there is one."
  (let ((latest (ignore-errors (current-kill 0 t))))
    (and latest
         (string-match-p (concat "\\`[ \t\n]*\\(metalog[12]-\\|" meta-log--code "[ \t\n]*\\'\\)") latest)
         (string-trim (substring-no-properties latest)))))

(defun meta-log--for-members-p (invitation)
  "Return non-nil if INVITATION is for one person, who has to be let in."
  (string-match-p "\\`[ \t\n]*\\(metalog2-\\|[0-9]\\{6\\}\\)" invitation))

;;;###autoload
(defun meta-log-join (invitation &optional file allow)
  "Open the document of INVITATION in a live buffer.
Return what the sidecar said of it.  INVITATION may be a link, or a code that
somebody reads out.  If it is for one person, the answer comes when they were
let in, which may take a while; programs wait for that, and quitting ends it.
With FILE, the text is shown in that file, which must be empty, missing, or
equal to the shared text; interactively, a prefix argument asks for it.  A file
with other text is never overwritten.  With ALLOW, the file may have a name that
editors, shells and other programs obey, such as `.dir-locals.el';
interactively, that is asked when need be."
  (interactive
   (list (let ((at-hand (meta-log--invitation-at-hand)))
           (read-string (format-prompt "Invitation" (and at-hand "the one on the kill ring")) nil nil at-hand))
         (and current-prefix-arg (read-file-name "Show it in file: "))))
  (meta-log-sidecar-ensure)
  (when file
    (meta-log--check-inside file)
    ;; The sidecar has to see the file's text before it can say whether joining would destroy it.
    (with-current-buffer (meta-log-document-visit file)
      (meta-log-mode 1)))
  (let* ((for-members (meta-log--for-members-p invitation))
         (params `( :invitation ,invitation
                    ,@(and file (list :uri (meta-log-sidecar-uri file)))
                    ,@(and allow (list :allow t))
                    ,@(and for-members (meta-log-members--name)))))
    (if (called-interactively-p 'any)
        ;; The text may be long in coming; nobody has to wait for it.
        (meta-log--join-soon params)
      (let ((joined (meta-log-sidecar-call 'meta-log/join params (if for-members 1.0e+INF 20))))
        (meta-log--joined joined)
        joined))))

(defconst meta-log--needs-consent -32062
  "The code of the error that asks for the person's consent.")

(defvar meta-log--joining nil "For each join that waits for its answer, a function that ends that.")

(defconst meta-log--join-patience-seconds 5
  "How long after a join its document may still take the keyboard.")

(defun meta-log--join-soon (params)
  "Join with PARAMS without waiting for it; ask the person if that is needed."
  (message "Joining...  M-x meta-log-join-cancel ends that")
  (let* ((begin (float-time)) (over nil) (forget nil)
         (settle (lambda () (setq over t meta-log--joining (delq forget meta-log--joining)))))
    (setq forget (meta-log-sidecar-ask
                  'meta-log/join params
                  (lambda (joined)
                    (funcall settle)
                    (meta-log--show (meta-log--joined joined) begin))
                  (lambda (error)
                    (funcall settle)
                    (meta-log--join-refused params error))))
    (unless over (push forget meta-log--joining))))

(defun meta-log--show (buffer begin)
  "Show BUFFER, whose join began at BEGIN.
After a while the person does something else, and keys go where they look."
  (if (< (- (float-time) begin) meta-log--join-patience-seconds)
      (pop-to-buffer buffer)
    (display-buffer buffer)))

(defun meta-log--join-refused (params error)
  "Tell the person why joining with PARAMS failed with ERROR, or ask for consent."
  (if (and (eql meta-log--needs-consent (plist-get error :code))
           (yes-or-no-p (format "%s.  Join it all the same? " (string-trim-right (plist-get error :message) "\\."))))
      (meta-log--join-soon `(,@params :allow t))
    (message "meta-log: %s" (plist-get error :message))))

(defun meta-log-join-cancel ()
  "Wait no longer to be let in anywhere."
  (interactive)
  (unless meta-log--joining (user-error "Nothing is being joined"))
  (while meta-log--joining (funcall (pop meta-log--joining)))
  (message "meta-log: not joined"))

(defun meta-log--joined (joined)
  "Open the document of JOINED, the sidecar's answer; return its buffer."
  (let* ((uri (plist-get joined :uri))
         (file (or (meta-log-sidecar-file uri)
                   (signal 'meta-log-error (list (format "The sidecar named no file of this machine: %s" uri)))))
         (known (meta-log-document-by-uri uri))
         (buffer (if known (meta-log-document-buffer known) (meta-log-document-visit file))))
    (with-current-buffer buffer
      (unless meta-log-mode (meta-log-mode 1)))
    (message "meta-log: joined %s%s" (plist-get joined :path)
             (if (eq t (plist-get joined :arrived)) "" "; its text comes as soon as a peer who has it is online"))
    buffer))

;;;###autoload
(defun meta-log-leave ()
  "Take no part in this buffer's document any more; its text stays."
  (interactive)
  (let ((document (meta-log--document)))
    (when (meta-log-document-live-p document)
      (meta-log-document-flush document)
      (meta-log-sidecar-call 'meta-log/leave (list :uri (meta-log-document-uri document))))
    (with-current-buffer (meta-log-document-buffer document)
      (meta-log-mode -1))
    (when (called-interactively-p 'any)
      (message "meta-log: %s is not live any more" (buffer-name)))))

(defun meta-log-resend ()
  "Send this buffer's whole text, which resumes live updates that were paused."
  (interactive)
  (meta-log-document-resend (meta-log--document)))

(defun meta-log--say-connection (connection)
  "Return a line on CONNECTION, a plist as the sidecar sends it."
  (format "broker %s: %s%s" (plist-get connection :broker) (plist-get connection :state)
          (if (plist-get connection :explanation) (concat " (" (plist-get connection :explanation) ")") "")))

;;;###autoload
(defun meta-log-status ()
  "Return the sidecar's status as a plist; interactively, show it."
  (interactive)
  (let ((status (meta-log-sidecar-call 'meta-log/status nil)))
    (when (called-interactively-p 'any)
      (with-help-window "*meta-log status*"
        (princ (format "peer       %s\nworkspace  %s\npeers      %s\n\n"
                       (plist-get status :peerId) (plist-get status :workspace) (plist-get status :peers)))
        (mapc (lambda (connection) (princ (concat (meta-log--say-connection connection) "\n")))
              (plist-get status :connections))
        (terpri)
        (mapc (lambda (document)
                (princ (format "%-40s %s, %s unsent, %s peers%s\n"
                               (plist-get document :path) (plist-get document :state) (plist-get document :unsent)
                               (plist-get document :peers)
                               (if (plist-get document :explanation)
                                   (concat "\n    " (plist-get document :explanation)) ""))))
              (plist-get status :documents))
        (let ((divergences (plist-get status :divergences)))
          (when (> (or (plist-get divergences :found) 0) 0)
            (princ (format "\ndivergences %s found, %s healed\n"
                           (plist-get divergences :found) (plist-get divergences :healed)))))))
    status))

;;;###autoload
(defun meta-log-list-peers ()
  "Return the peers that are known now, as plists; interactively, show them."
  (interactive)
  (let ((peers (meta-log-mqtt-discover-peers)))
    (when (called-interactively-p 'any)
      (with-help-window "*meta-log peers*"
        (if (null peers)
            (princ "Nobody else has announced themselves.\n")
          (dolist (peer peers)
            (princ (format "%s  %s  seen %s\n" (plist-get peer :peer-id)
                           (or (car (plist-get peer :connections)) "") (plist-get peer :last-seen)))))))
    peers))

;; People call these after they have required this file.
(autoload 'meta-log-peers "meta-log-peers" nil t)
(autoload 'meta-log-peers-block "meta-log-peers" nil t)
(autoload 'meta-log-peers-unblock "meta-log-peers" nil t)
(autoload 'meta-log-invite "meta-log-members" nil t)
(autoload 'meta-log-members "meta-log-members" nil t)
(autoload 'meta-log-members-answer "meta-log-members" nil t)
(autoload 'meta-log-members-leave "meta-log-members" nil t)
(autoload 'meta-log-members-remove "meta-log-members" nil t)
(autoload 'meta-log-members--name "meta-log-members")
(autoload 'meta-log-members-hear "meta-log-members")

(cl-defmethod meta-log-sidecar-on ((_ (eql meta-log/memberAsks)) params)
  "Tell the person of PARAMS, who asks to be let in."
  (meta-log-members-hear params))

(provide 'meta-log)
;;; meta-log.el ends here
