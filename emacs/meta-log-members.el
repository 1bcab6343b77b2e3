;;; meta-log-members.el --- Invite people, let them in, put them out  -*- lexical-binding: t; -*-

;; SPDX-License-Identifier: Apache-2.0

;;; Commentary:

;; `meta-log-invite' makes an invitation for one person.  Whoever uses it by `meta-log-join' waits until you have looked
;; at who that is and answered.  `meta-log-members' lists who belongs to each workspace, and who asks to.
;;
;; The sidecar proves who somebody is and keeps the lists; here they are shown and decided on.

;;; Code:

(require 'cl-lib)
(require 'iso8601)
(require 'subr-x)
(require 'tabulated-list)
(require 'ucs-normalize)
(require 'meta-log)

(defcustom meta-log-member-name nil
  "What you are called among the members of workspaces.
When it is nil, that is your full name, or else your login name."
  :type '(choice (const :tag "My full name, or else my login name" nil) string)
  :group 'meta-log)

(defcustom meta-log-members-idle-seconds 3
  "How long nothing must be typed before you are asked whom to let in.
When it is nil, you are only told that somebody asks."
  :type '(choice (const :tag "Only tell me" nil) number)
  :group 'meta-log)

(defface meta-log-members-asking '((t :inherit warning))
  "People who ask to be let in."
  :group 'meta-log)

(defconst meta-log-members--buffer "*meta-log-members*" "The buffer that lists the members.")

(defconst meta-log-members--longest-name 64 "How many characters a name may have.")

(defconst meta-log-members--most-told 256
  "How many requests are remembered.
The oldest makes room, and might be told of twice.")

(defvar meta-log-members--told nil "The requests that the person was told of, newest first.")
(defvar meta-log-members--to-ask nil "The requests that the person shall be asked about, oldest first.")
(defvar meta-log-members--timer nil "The timer that asks when nothing is typed.")

(defun meta-log-members-own-name ()
  "Return what this person is called among members, or nil."
  (let ((name (string-trim (or meta-log-member-name
                               (seq-find (lambda (name) (and name (not (member name '("" "unknown")))))
                                         (list (user-full-name) (user-login-name)))
                               ""))))
    (unless (string-empty-p name)
      (setq name (ucs-normalize-NFC-string name))
      (string-trim (substring name 0 (min (length name) meta-log-members--longest-name))))))

;;; What programs call

;;;###autoload
(defun meta-log-invite (&optional code role)
  "Invite one person to the file of this buffer; return the invitation.
It is also put on the kill ring.  It is a link to send, good for a day.  With
CODE, or a prefix argument, it is a code to read out, good for ten minutes and
one guess.  ROLE is what they may do: \"write\", or \"read\".  Nobody is let in
before you have said so."
  (interactive "P")
  (with-current-buffer (or (buffer-base-buffer) (current-buffer))
    (let* ((document (meta-log--document-to-share))
           (invited (meta-log-sidecar-call
                     'meta-log/invite
                     `( :uri ,(meta-log-document-uri document) :kind ,(if code "code" "link") :role ,(or role "write")
                        ,@(meta-log-members--name))))
           (invitation (plist-get invited :invitation)))
      (kill-new invitation)
      (message "%s (for one person, until %s)" invitation
               (format-time-string "%F %R" (encode-time (iso8601-parse (plist-get invited :expires)))))
      invitation)))

(defun meta-log-members--name ()
  "Return the parameters that tell this person's name."
  (when-let ((name (meta-log-members-own-name))) (list :name name)))

(defun meta-log-members-all ()
  "Return the workspaces with their members, as the sidecar tells them: plists."
  (append (plist-get (meta-log-sidecar-call 'meta-log/members nil) :workspaces) nil))

(defun meta-log-members--offered ()
  "Return what members have and this folder has not: an alist of paths and ids."
  (mapcan (lambda (workspace)
            (mapcar (lambda (offer) (cons (plist-get offer :path) (plist-get offer :documentId)))
                    (plist-get workspace :offered)))
          (meta-log-members-all)))

;;;###autoload
(defun meta-log-open-offered (path)
  "Open the document PATH, which a member has and this folder has not.
No other invitation is needed for it."
  (interactive (list (completing-read "Open a document of the members: " (meta-log-members--offered) nil t)))
  (let ((id (cdr (assoc path (meta-log-members--offered)))))
    (unless id (user-error "No member who is here has a document called %s that is not here" path))
    (meta-log-join id)))

(defun meta-log-members--decide (method params)
  "Ask the sidecar for METHOD with PARAMS; tell and return what was done."
  (let ((told (plist-get (meta-log-sidecar-call method params) :explanation)))
    (meta-log-members--refresh)
    (message "meta-log: %s" told)
    told))

;;;###autoload
(defun meta-log-members-approve (request &optional role)
  "Let in whoever asks by REQUEST, in ROLE or the one they were invited for.
Interactively, a prefix argument lets them in to read."
  (interactive (list (meta-log-members--read-request) (and current-prefix-arg "read")))
  (meta-log-members--decide 'meta-log/memberAnswer
                            `(:request ,request :approve t ,@(and role (list :role role)))))

;;;###autoload
(defun meta-log-members-reject (request)
  "Do not let in whoever asks by REQUEST."
  (interactive (list (meta-log-members--read-request)))
  (meta-log-members--decide 'meta-log/memberAnswer (list :request request :approve :json-false)))

;;;###autoload
(defun meta-log-members-set-role (peer-id role &optional workspace)
  "Let PEER-ID from now on do what ROLE says: \"write\" or \"read\".
WORKSPACE is by default the one that is owned here."
  (interactive
   (pcase-let ((`(,peer-id ,workspace) (meta-log-members--read-member "Change the role of")))
     (list peer-id (completing-read "They may: " '("write" "read") nil t) workspace)))
  (meta-log-members--decide 'meta-log/memberRole
                            `(,@(and workspace (list :workspace workspace)) :peerId ,peer-id :role ,role)))

;;;###autoload
(defun meta-log-members-remove (peer-id &optional workspace)
  "Put PEER-ID out of WORKSPACE, by default the one that is owned here.
They read and write nothing more there; what they have read they keep."
  (interactive
   (pcase-let ((`(,peer-id ,workspace) (meta-log-members--read-member "Put out")))
     (unless (yes-or-no-p (format "Put out %s? " peer-id)) (user-error "Nobody was put out"))
     (list peer-id workspace)))
  (meta-log-members--decide 'meta-log/memberRemove
                            `(,@(and workspace (list :workspace workspace)) :peerId ,peer-id)))

;;;###autoload
(defun meta-log-members-leave (workspace)
  "Belong to WORKSPACE no more; the texts of its documents stay."
  (interactive
   (let ((workspace (meta-log-members--read-workspace)))
     (unless (yes-or-no-p "Leave this workspace, with all its documents? ") (user-error "You are in it still"))
     (list workspace)))
  (let ((paths (append (plist-get (seq-find (lambda (one) (equal workspace (plist-get one :workspace)))
                                            (meta-log-members-all))
                                  :documents)
                       nil)))
    (cl-flet ((documents () (seq-filter (lambda (document)
                                          (member (plist-get (meta-log-document-status document) :path) paths))
                                        meta-log-document--all)))
      (mapc #'meta-log-document-flush (documents))
      (prog1 (meta-log-members--decide 'meta-log/memberLeave (list :workspace workspace))
        (dolist (document (documents))
          (with-current-buffer (meta-log-document-buffer document)
            (meta-log-mode -1)))))))

;;; Somebody asks

(defun meta-log-members--describe (asks)
  "Return a sentence on ASKS, somebody who asks to be let in."
  (format "%s (%s) asks to be let in, to %s"
          (plist-get asks :name) (plist-get asks :fingerprint) (plist-get asks :role)))

;;;###autoload
(defun meta-log-members-hear (asks)
  "Tell the person of ASKS, once, and ask them when they do not type."
  (let ((key (mapcar (lambda (member) (plist-get asks member)) '(:workspace :request :fingerprint))))
    (unless (member key meta-log-members--told)
      (push key meta-log-members--told)
      (when (> (length meta-log-members--told) meta-log-members--most-told)
        (setcdr (nthcdr (1- meta-log-members--most-told) meta-log-members--told) nil))
      (message "meta-log: %s.  M-x meta-log-members-answer" (meta-log-members--describe asks))
      (when (and meta-log-members-idle-seconds (not noninteractive))
        (setq meta-log-members--to-ask (append meta-log-members--to-ask (list asks)))
        (unless meta-log-members--timer
          (setq meta-log-members--timer
                (run-with-idle-timer meta-log-members-idle-seconds t #'meta-log-members--ask-now))))))
  (meta-log-members--refresh))

(defun meta-log-members--ask-now ()
  "Ask about the oldest request, if the keyboard is free.
Otherwise the next pause will do."
  (unless (or executing-kbd-macro (input-pending-p) (> (minibuffer-depth) 0))
    (when-let ((asks (pop meta-log-members--to-ask)))
      (condition-case err
          (meta-log-members-answer asks)
        (quit (message "meta-log: M-x meta-log-members-answer asks again"))
        (meta-log-error (message "meta-log: %s" (cadr err)))))
    (unless meta-log-members--to-ask (meta-log-members--be-quiet))))

(defun meta-log-members--be-quiet ()
  "Ask nothing more by itself."
  (when meta-log-members--timer (cancel-timer meta-log-members--timer))
  (setq meta-log-members--timer nil meta-log-members--to-ask nil))

(defun meta-log-members--sidecar-down ()
  "Forget who asked: whoever still does is told of by the next sidecar."
  (setq meta-log-members--told nil)
  (meta-log-members--be-quiet))

(add-hook 'meta-log-sidecar-down-hook #'meta-log-members--sidecar-down)

(defun meta-log-members-answer (asks)
  "Ask the person whether ASKS, who asks to be let in, may come in, and answer.
ASKS is a plist as the sidecar tells it."
  (interactive (list (meta-log-members--read-asks)))
  (setq meta-log-members--to-ask
        (cl-remove (plist-get asks :request) meta-log-members--to-ask
                   :key (lambda (one) (plist-get one :request)) :test #'equal))
  ;; A whole word, and not a key: what was meant for the text must let nobody in.  Return alone completes one, no more.
  (pcase (completing-read (format-prompt "%s.  Is that them? approve, read, reject, later" "later"
                                         (meta-log-members--describe asks))
                          '("approve" "read" "reject" "later") nil 'whole nil nil "later")
    ("approve" (meta-log-members-approve (plist-get asks :request)))
    ("read" (meta-log-members-approve (plist-get asks :request) "read"))
    ("reject" (meta-log-members-reject (plist-get asks :request)))
    (_ (message "meta-log: they wait.  M-x meta-log-members-answer"))))

;;; Whom a command means

(defun meta-log-members--here ()
  "Return the id of the line at point in the list, or nil."
  (and (derived-mode-p 'meta-log-members-mode) (tabulated-list-get-id)))

(defun meta-log-members--choose (prompt choices)
  "Return the value that the person picks with PROMPT.
CHOICES is ((TEXT . VALUE)...); of one choice, it is that."
  (if (cdr choices)
      (cdr (assoc (completing-read prompt choices nil t) choices))
    (cdar choices)))

(defun meta-log-members--read-asks ()
  "Return who asks to be let in: at point, or chosen by the person."
  (let ((all (mapcan (lambda (workspace) (append (plist-get workspace :asking) nil)) (meta-log-members-all)))
        (request (nth 3 (meta-log-members--here))))
    (or (seq-find (lambda (asks) (equal request (plist-get asks :request))) all)
        (meta-log-members--choose "Who: " (mapcar (lambda (asks) (cons (meta-log-members--describe asks) asks)) all))
        (user-error "Nobody asks to be let in"))))

(defun meta-log-members--read-request ()
  "Return the request at point, or one that the person chooses."
  (or (nth 3 (meta-log-members--here))
      (plist-get (meta-log-members--read-asks) :request)))

(defun meta-log-members--read-member (what)
  "Return (PEER-ID WORKSPACE) of the member at point.
Else that of one that the person chooses to do WHAT to."
  (pcase (meta-log-members--here)
    (`(,workspace ,peer-id ,_ nil) (list peer-id workspace))
    (_ (or (meta-log-members--choose (concat what ": ") (mapcan #'meta-log-members--others (meta-log-members-all)))
           (user-error "There is no member but you in a workspace that you own")))))

(defun meta-log-members--others (workspace)
  "Return the members of WORKSPACE that the person decides about, to choose from."
  (and (equal "owner" (plist-get workspace :role))
       (mapcan (lambda (member)
                 (and (not (equal "owner" (plist-get member :role)))
                      (list (list (format "%s (%s)" (plist-get member :name) (plist-get member :fingerprint))
                                  (plist-get member :peerId) (plist-get workspace :workspace)))))
               (append (plist-get workspace :members) nil))))

(defun meta-log-members--read-workspace ()
  "Return the workspace at point, or one chosen of those that others own."
  (or (car (meta-log-members--here))
      (meta-log-members--choose
       "Leave: "
       (mapcan (lambda (workspace)
                 (and (not (equal "owner" (plist-get workspace :role)))
                      (list (cons (meta-log-members--documents workspace) (plist-get workspace :workspace)))))
               (meta-log-members-all)))
      (user-error "This folder has nothing of a workspace of somebody else")))

;;; The list

(defvar meta-log-members-mode-map
  (let ((map (make-sparse-keymap)))
    (define-key map (kbd "RET") #'meta-log-members-answer)
    (define-key map "a" #'meta-log-members-approve)
    (define-key map "x" #'meta-log-members-reject)
    (define-key map "r" #'meta-log-members-set-role)
    (define-key map "d" #'meta-log-members-remove)
    (define-key map "l" #'meta-log-members-leave)
    map)
  "The keys of the list of members.")

(define-derived-mode meta-log-members-mode tabulated-list-mode "Members"
  "Who belongs to the workspaces of this folder, and who asks to.
\\{meta-log-members-mode-map}"
  (setq tabulated-list-format [("Name" 20 t) ("Role" 6 t) ("Fingerprint" 25 nil) ("Peer" 46 t) ("State" 13 t)
                               ("Documents" 0 nil)]
        tabulated-list-padding 1)
  (add-hook 'tabulated-list-revert-hook #'meta-log-members--fetch nil t)
  (tabulated-list-init-header))

;;;###autoload
(defun meta-log-members ()
  "List who belongs to the workspaces of this folder, and who asks to."
  (interactive)
  (let ((workspaces (meta-log-members-all)))
    (with-current-buffer (get-buffer-create meta-log-members--buffer)
      (unless (derived-mode-p 'meta-log-members-mode) (meta-log-members-mode))
      (meta-log-members--draw workspaces))
    (pop-to-buffer meta-log-members--buffer)))

(defun meta-log-members--fetch ()
  "Ask for the members once more, before the list is drawn."
  (setq tabulated-list-entries (mapcan #'meta-log-members--entries (meta-log-members-all))))

(defun meta-log-members--draw (workspaces)
  "Show WORKSPACES in this buffer; point stays at its line."
  (setq tabulated-list-entries (mapcan #'meta-log-members--entries workspaces))
  (tabulated-list-print t))

(defun meta-log-members--documents (workspace)
  "Return the paths of the documents of WORKSPACE that are live here."
  (string-join (plist-get workspace :documents) ", "))

(defun meta-log-members--entries (workspace)
  "Return the lines of WORKSPACE in the list: those who ask come first.
The id of each is (WORKSPACE PEER DEVICE REQUEST)."
  (let ((documents (meta-log-members--documents workspace)))
    (cl-flet ((entry (one state face)
                (list (list (plist-get workspace :workspace) (plist-get one :peerId)
                            (plist-get one :device) (plist-get one :request))
                      (vector (plist-get one :name) (plist-get one :role) (plist-get one :fingerprint)
                              (plist-get one :peerId) (propertize state 'face face) documents))))
      (append (mapcar (lambda (asks) (entry asks "asks" 'meta-log-members-asking)) (plist-get workspace :asking))
              (mapcar (lambda (member)
                        (cond ((plist-get member :twoHistories) (entry member "two histories" 'error))
                              ((eq t (plist-get member :self)) (entry member "you" 'bold))
                              (t (entry member "member" 'default))))
                      (plist-get workspace :members))))))

(defun meta-log-members--refresh ()
  "Bring the list up to date, if there is one, without waiting for it."
  (when (get-buffer meta-log-members--buffer)
    (meta-log-sidecar-ask 'meta-log/members nil
                          (lambda (answer)
                            (when-let ((buffer (get-buffer meta-log-members--buffer)))
                              (with-current-buffer buffer
                                (meta-log-members--draw (append (plist-get answer :workspaces) nil)))))
                          #'ignore)))

(provide 'meta-log-members)
;;; meta-log-members.el ends here
