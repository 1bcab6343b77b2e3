;;; meta-log-blackboard.el --- The federation's blackboard  -*- lexical-binding: t; -*-

;; SPDX-License-Identifier: Apache-2.0

;;; Commentary:

;; The blackboard itself is kept, merged and exchanged by the sidecar.  Here it is asked for, and shown as an Org file:
;; a view that is drawn anew whenever something is written or exchanged from here.  Text that a person adds to the file
;; stays where it is.  What a person changes in a property drawer goes to the blackboard when the file is loaded.

;;; Code:

(require 'cl-lib)
(require 'json)
(require 'meta-log-federation)

(defconst meta-log-blackboard--kinds
  '((peers "peers" "** Peers" "Peer" "PEER_ID" "LAST_SEEN"
           ((:peer-id "PEER_ID" nil) (:public-key "PEER_PUBLIC_KEY" "publicKey") (:address "PEER_ADDRESS" "address")
            (:status "PEER_STATUS" "status") (:last-seen "LAST_SEEN" "lastSeen")))
    (nodes "canvas" "** CanvasL State" "Node" "NODE_ID" "LAST_MODIFIED"
           ((:node-id "NODE_ID" nil) (:cid "CANVASL_CID" "cid") (:signature "CANVASL_SIGNATURE" "signature")
            (:owner "PEER_OWNER" "owner") (:last-modified "LAST_MODIFIED" "lastModified"))))
  "What is shown in the Org file.
Each is (KIND NAMESPACE SECTION WORD ID-PROPERTY TIME-PROPERTY FIELDS), and each
field is (KEYWORD PROPERTY JSON-MEMBER).")

(defun meta-log-blackboard--fields (kind)
  "Return the fields of KIND."
  (nth 6 (assq kind meta-log-blackboard--kinds)))

(defun meta-log-blackboard--id (kind item)
  "Return the id of ITEM, a plist of KIND."
  (plist-get item (car (car (meta-log-blackboard--fields kind)))))

(defun meta-log-blackboard--now ()
  "Return the time, as UTC in ISO 8601."
  (format-time-string "%FT%TZ" nil t))

;;; Asking the sidecar

(defun meta-log-blackboard--entries (namespace)
  "Return all entries of NAMESPACE, as the sidecar sends them."
  (let (entries after)
    (while (let ((part (meta-log-sidecar-call 'meta-log/blackboardList
                                              (append (list :namespace namespace) (and after (list :after after))))))
             (setq entries (append entries (append (plist-get part :entries) nil))
                   after (plist-get part :more))))
    entries))

(defun meta-log-blackboard--item (kind entry)
  "Return ENTRY of the blackboard as a plist of KIND, or nil if it is not like one."
  (let* ((text (plist-get (car (append (plist-get entry :items) nil)) :value))
         (value (ignore-errors
                  (let ((json-object-type 'alist) (json-key-type 'string)) (json-read-from-string text))))
         (fields (meta-log-blackboard--fields kind)))
    (when (and (equal "value" (plist-get entry :kind)) (or (null value) (consp (car-safe value))))
      (cl-loop for (keyword _ member) in fields
               for found = (if member (cdr (assoc member value)) (plist-get entry :name))
               append (list keyword (if (stringp found) found ""))))))

(defun meta-log-blackboard--items (kind)
  "Return what is on the blackboard of KIND, as plists."
  (delq nil (mapcar (lambda (entry) (meta-log-blackboard--item kind entry))
                    (meta-log-blackboard--entries (nth 1 (assq kind meta-log-blackboard--kinds))))))

(defun meta-log-blackboard--set (kind item)
  "Write ITEM, a plist of KIND, to the blackboard.  Return once it is kept."
  (let* ((json-encoding-pretty-print nil)
         (value (cl-loop for (keyword _ member) in (meta-log-blackboard--fields kind)
                         when member collect (cons member (or (plist-get item keyword) "")))))
    (meta-log-sidecar-call 'meta-log/blackboardSet
                           (list :namespace (nth 1 (assq kind meta-log-blackboard--kinds))
                                 :name (meta-log-blackboard--id kind item)
                                 :value (json-encode value)))))

(defun meta-log-federation-get-blackboard-state ()
  "Return what is on the blackboard: a plist of `:peers' and `:nodes'.
A peer is a plist of `:peer-id', `:public-key', `:address', `:status' and
`:last-seen'; a node one of `:node-id', `:cid', `:signature', `:owner' and
`:last-modified'."
  (list :peers (meta-log-blackboard--items 'peers) :nodes (meta-log-blackboard--items 'nodes)))

(defun meta-log-federation-merge-state (state)
  "Write to the blackboard what STATE has that is not there, or is there otherwise.
STATE is like that of `meta-log-federation-get-blackboard-state'.  Return how
many entries were written.  What others write at the same time is merged by the
sidecar."
  (let ((written 0))
    (pcase-dolist (`(,kind . ,key) '((peers . :peers) (nodes . :nodes)))
      (let ((here (meta-log-blackboard--items kind)))
        (dolist (item (plist-get state key))
          (unless (member (meta-log-blackboard--normal kind item)
                          (mapcar (lambda (other) (meta-log-blackboard--normal kind other)) here))
            (meta-log-blackboard--set kind item)
            (setq written (1+ written))))))
    (meta-log-blackboard--show)
    written))

(defun meta-log-blackboard--normal (kind item)
  "Return the values of ITEM, a plist of KIND, in the order of its fields."
  (mapcar (lambda (field) (or (plist-get item (car field)) "")) (meta-log-blackboard--fields kind)))

(defun meta-log-federation-save-peer-to-blackboard (&optional identity-or-peer-id public-key address)
  "Note a peer on the blackboard; return its id once that is kept.
Without arguments it is this installation.  IDENTITY-OR-PEER-ID is an identity,
or the id of a peer that is known or whose PUBLIC-KEY and ADDRESS are given."
  (let* ((identity (cond ((null identity-or-peer-id) (meta-log-identity-get-current-peer))
                         ((meta-log-peer-identity-p identity-or-peer-id) identity-or-peer-id)))
         (id (if identity (meta-log-peer-identity-peer-id identity) identity-or-peer-id))
         (known (gethash id meta-log-federation--peers))
         (key (or public-key (if identity (meta-log-peer-identity-public-key identity) (plist-get known :public-key)))))
    (unless key
      (signal 'meta-log-error (list (format "%s is not known: give its public key and address too" id))))
    (meta-log-blackboard--set
     'peers (list :peer-id id :public-key key
                  :address (or address
                               (if identity (meta-log-peer-identity-address identity) (plist-get known :address)))
                  :status "active" :last-seen (meta-log-blackboard--now)))
    (meta-log-blackboard--show)
    id))

(defun meta-log-federation-save-node-to-blackboard (node-id cid signature owner)
  "Note the node NODE-ID of a canvas on the blackboard; return once that is kept.
CID names its content, SIGNATURE was made over it, and OWNER is a peer's id."
  (meta-log-blackboard--set 'nodes (list :node-id node-id :cid cid :signature signature :owner owner
                                         :last-modified (meta-log-blackboard--now)))
  (meta-log-blackboard--show)
  node-id)

;;;###autoload
(defun meta-log-federation-sync-blackboard (&optional peer-id)
  "Exchange the blackboard with those who have it, or only with PEER-ID.
Tell what was exchanged with whom, and how many peers were heard of since this
was called before.  Return a list of plists of `:peer-id', `:sent', `:received'
and `:equal', one for each that answered: nil when nobody did."
  (interactive)
  (let* ((answer (meta-log-sidecar-call 'meta-log/blackboardSync
                                        (if peer-id (list :peerId peer-id) (meta-log-mqtt--nothing)) 30))
         (heard (length meta-log-federation--heard))
         (peers (mapcar (lambda (peer)
                          (list :peer-id (plist-get peer :peerId) :sent (plist-get peer :sent)
                                :received (plist-get peer :received) :equal (eq t (plist-get peer :equal))))
                        (plist-get answer :peers))))
    (setq meta-log-federation--heard nil)
    (meta-log-blackboard--show)
    (message "meta-log: %s %s" (plist-get answer :explanation)
             (if (= 0 heard) "No peer was heard of since."
               (format "%d peer%s heard of since." heard (if (= 1 heard) " was" "s were"))))
    peers))

;;; The Org file

(defun meta-log-federation-create-blackboard (file)
  "Make FILE a view of the blackboard, and return its name.
It must not be there yet; `meta-log-federation-load-blackboard' takes one that
is."
  (interactive "FNew file: ")
  (when (file-exists-p file)
    (signal 'meta-log-error (list (format "%s is there already: load it, or choose another name" file))))
  (make-directory (file-name-directory (expand-file-name file)) t)
  (setq meta-log-federation--blackboard-file (expand-file-name file))
  (with-temp-buffer
    (insert "* Federation Blackboard\n\n** Peers\n\n** CanvasL State\n")
    (meta-log-blackboard--write))
  (meta-log-blackboard--show)
  meta-log-federation--blackboard-file)

(defun meta-log-federation-load-blackboard (file)
  "Take what a person changed in FILE to the blackboard, and show it there.
A change in the file counts if the blackboard was not changed after the file was
drawn.  Return the state, as `meta-log-federation-get-blackboard-state' does."
  (interactive "fFile: ")
  (let (wanted drawn ours)
    (with-temp-buffer
      (insert-file-contents file)
      (setq drawn (meta-log-blackboard--property "LAST_SYNC" (meta-log-blackboard--drawer (point-min)))
            ours (equal (meta-log-blackboard--own-id)
                        (meta-log-blackboard--property "BLACKBOARD_ID" (meta-log-blackboard--drawer (point-min))))
            wanted (mapcar (lambda (kind) (cons (car kind) (meta-log-blackboard--read (car kind))))
                           meta-log-blackboard--kinds)))
    (pcase-dolist (`(,kind . ,items) wanted)
      (let ((entries (meta-log-blackboard--entries (nth 1 (assq kind meta-log-blackboard--kinds)))))
        (dolist (item items)
          (let ((entry (cl-find (meta-log-blackboard--id kind item) entries
                                :key (lambda (entry) (plist-get entry :name)) :test #'equal)))
            (when (meta-log-blackboard--counts-p kind item entry drawn ours)
              (meta-log-blackboard--set kind item))))))
    (setq meta-log-federation--blackboard-file (expand-file-name file))
    (meta-log-blackboard--show)
    (meta-log-federation-get-blackboard-state)))

(defun meta-log-blackboard--counts-p (kind item entry drawn ours)
  "Return non-nil if ITEM of KIND goes to the blackboard, which has ENTRY.
DRAWN is when the file was drawn, and OURS whether from this blackboard: then
what was there at that time and is not any more was deleted since."
  (let ((time (plist-get item (car (car (last (meta-log-blackboard--fields kind)))))))
    (if (null entry)
        (not (and ours drawn (not (equal "" time)) (not (string< drawn time))))
      (and (not (equal (meta-log-blackboard--normal kind item)
                       (meta-log-blackboard--normal kind (meta-log-blackboard--item kind entry))))
           (or (null drawn)
               (not (string< drawn (plist-get (car (append (plist-get entry :items) nil)) :writtenAt))))))))

(defun meta-log-blackboard--own-id ()
  "Return what names this workspace's blackboard in files."
  (let ((status (meta-log-sidecar-call 'meta-log/status nil)))
    (concat (plist-get status :peerId) " " (plist-get status :workspace))))

(defun meta-log-blackboard--drawer (from)
  "Return the bounds (BEGIN . END) of the drawer after the line at FROM, or nil."
  (save-excursion
    (goto-char from)
    (forward-line 1)
    (when (looking-at "[ \t]*:PROPERTIES:[ \t]*$")
      (forward-line 1)
      (let ((begin (point)))
        (when (re-search-forward "^[ \t]*:END:[ \t]*$" (save-excursion (if (re-search-forward "^\\*" nil t) (point) (point-max))) t)
          (cons begin (line-beginning-position)))))))

(defun meta-log-blackboard--property (name drawer)
  "Return the value of the property NAME in DRAWER, or nil."
  (when drawer
    (save-excursion
      (goto-char (car drawer))
      (when (re-search-forward (concat "^[ \t]*:" (regexp-quote name) ":\\(?:[ \t]\\(.*\\)\\)?$") (cdr drawer) t)
        (string-trim (or (match-string 1) ""))))))

(defun meta-log-blackboard--headings (kind)
  "Return ((ID . POSITION)...) of the headings of KIND in this buffer."
  (pcase-let ((`(,_ ,_ ,_ ,word ,property . ,_) (assq kind meta-log-blackboard--kinds)) (found nil))
    (save-excursion
      (goto-char (point-min))
      (while (re-search-forward (format "^\\*\\*\\* %s: " word) nil t)
        (let* ((at (line-beginning-position))
               (id (meta-log-blackboard--property property (meta-log-blackboard--drawer at))))
          (when id (push (cons id at) found)))))
    (nreverse found)))

(defun meta-log-blackboard--read (kind)
  "Return what this buffer holds of KIND, as plists."
  (mapcar (pcase-lambda (`(,_ . ,at))
            (let ((drawer (meta-log-blackboard--drawer at)))
              (cl-loop for (keyword property _) in (meta-log-blackboard--fields kind)
                       append (list keyword (or (meta-log-blackboard--property property drawer) "")))))
          (meta-log-blackboard--headings kind)))

(defun meta-log-blackboard--put (at properties)
  "Give the heading at AT the PROPERTIES ((NAME . VALUE)...); others stay."
  (let ((drawer (meta-log-blackboard--drawer at)))
    (unless drawer
      (goto-char at)
      (forward-line 1)
      (unless (bolp) (insert "\n"))
      (insert ":PROPERTIES:\n:END:\n"))
    (pcase-dolist (`(,name . ,value) properties)
      (setq drawer (meta-log-blackboard--drawer at))
      (unless (equal value (meta-log-blackboard--property name drawer))
        (goto-char (car drawer))
        (if (re-search-forward (concat "^[ \t]*:" (regexp-quote name) ":.*$") (cdr drawer) t)
            (replace-match (format ":%s: %s" name value) t t)
          (goto-char (cdr drawer))
          (insert (format ":%s: %s\n" name value)))))))

(defun meta-log-blackboard--section (heading)
  "Return where the section under HEADING ends; add it if it is missing."
  (goto-char (point-min))
  (unless (re-search-forward (concat "^" (regexp-quote heading) "[ \t]*$") nil t)
    (goto-char (point-max))
    (unless (bolp) (insert "\n"))
    (insert "\n" heading "\n"))
  (forward-line 1)
  (if (re-search-forward "^\\*\\*? " nil t) (line-beginning-position) (point-max)))

(defun meta-log-blackboard--draw (state id)
  "Bring this buffer up to date with STATE of the blackboard that ID names."
  (goto-char (point-min))
  (unless (re-search-forward "^\\* Federation Blackboard[ \t]*$" nil t)
    (goto-char (point-min))
    (insert "* Federation Blackboard\n")
    (forward-line -1))
  (meta-log-blackboard--put (line-beginning-position)
                            `(("FEDERATION_VERSION" . "1.0") ("BLACKBOARD_ID" . ,id)
                              ("LAST_SYNC" . ,(meta-log-blackboard--now))))
  (pcase-dolist (`(,kind ,_ ,section ,word . ,_) meta-log-blackboard--kinds)
    (let ((items (plist-get state (if (eq kind 'peers) :peers :nodes))))
      (dolist (item items)
        (let* ((item-id (meta-log-blackboard--id kind item))
               (at (cdr (assoc item-id (meta-log-blackboard--headings kind)))))
          (unless at
            (goto-char (meta-log-blackboard--section section))
            (skip-chars-backward "\n")
            (insert (format "\n\n*** %s: %s\n" word item-id))
            (forward-line -1)
            (setq at (line-beginning-position)))
          (meta-log-blackboard--put
           at (cl-loop for (keyword property _) in (meta-log-blackboard--fields kind)
                       collect (cons property (plist-get item keyword))))))
      (meta-log-blackboard--section section)
      (meta-log-blackboard--drop-gone kind items))))

(defun meta-log-blackboard--drop-gone (kind items)
  "Remove the headings of KIND whose ids are not among ITEMS any more.
Those that hold text or properties of a person stay."
  (pcase-dolist (`(,id . ,at) (reverse (meta-log-blackboard--headings kind)))
    (unless (cl-find id items :key (lambda (item) (meta-log-blackboard--id kind item)) :test #'equal)
      (goto-char at)
      (forward-line 1)
      (let ((end (if (re-search-forward "^\\*" nil t) (line-beginning-position) (point-max)))
            (known (mapcar #'cadr (meta-log-blackboard--fields kind))))
        (goto-char at)
        (forward-line 1)
        (when (cl-every (lambda (line)
                          (or (string-blank-p line) (member (string-trim line) '(":PROPERTIES:" ":END:"))
                              (and (string-match "\\`[ \t]*:\\([^:]+\\):" line) (member (match-string 1 line) known))))
                        (split-string (buffer-substring-no-properties (point) end) "\n"))
          (delete-region at end))))))

(defun meta-log-blackboard--write ()
  "Write this buffer to the file of the blackboard, all of it or nothing."
  (let ((coding-system-for-write 'utf-8-unix)
        (fresh (make-temp-file (concat meta-log-federation--blackboard-file "."))))
    (condition-case err
        (progn (write-region nil nil fresh nil 'silent)
               (rename-file fresh meta-log-federation--blackboard-file t))
      (error (delete-file fresh) (signal (car err) (cdr err))))))

(defun meta-log-blackboard--show ()
  "Draw the file anew, if there is one.
A buffer that visits it and was not changed shows that at once; one that was
changed is left alone, and so is the file."
  (let ((file meta-log-federation--blackboard-file))
    (when (and file (file-exists-p file))
      (let ((visiting (find-buffer-visiting file)))
        (if (and visiting (buffer-modified-p visiting))
            (message "meta-log: %s has unsaved changes and was not brought up to date" file)
          (let ((state (meta-log-federation-get-blackboard-state)) (id (meta-log-blackboard--own-id)))
            (with-temp-buffer
              (insert-file-contents file)
              (meta-log-blackboard--draw state id)
              (meta-log-blackboard--write)))
          (when visiting
            (with-current-buffer visiting (revert-buffer t t t))))))))

(provide 'meta-log-blackboard)
;;; meta-log-blackboard.el ends here
