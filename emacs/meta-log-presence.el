;;; meta-log-presence.el --- Where others are, and where you are  -*- lexical-binding: t; -*-

;; SPDX-License-Identifier: Apache-2.0

;;; Commentary:

;; Others' carets and selections are overlays.  The sidecar tells where they are, for one version of the text; what is
;; told of another version than the one that is here is dropped, as it is told again for this one.  Meanwhile the
;; overlays move with the text.
;;
;; Where you are is told when it is not where others take you to be: they move your caret along with the text, behind
;; what is inserted there, and so does a marker here.  So typing tells nothing, and costs a comparison.
;;
;; Overlays belong to one buffer, so an indirect buffer has its own.

;;; Code:

(require 'cl-lib)
(require 'subr-x)
(require 'tabulated-list)
(require 'meta-log-document)
(require 'meta-log-sidecar)
(require 'meta-log-text)

(autoload 'meta-log-members-own-name "meta-log-members")

(defvar meta-log-member-name)

(defcustom meta-log-presence-show t
  "Whether others' carets and selections are shown.
When it becomes non-nil, that takes a new start of the sidecar."
  :type 'boolean
  :group 'meta-log)

(defcustom meta-log-presence-send t
  "Whether others who have the same document are told where you are in it."
  :type 'boolean
  :group 'meta-log
  :set (lambda (symbol value)
         (set-default symbol value)
         (when (fboundp 'meta-log-presence--look-soon) (meta-log-presence--look-soon))))

(defconst meta-log-presence--most 128 "How many carets and selections of one document are shown in a buffer.")
(defconst meta-log-presence--gap-seconds 0.05 "The shortest time between two reports of where you are.")

;;; Colours: those of Okabe and Ito, which people who are colour-blind can tell apart.

(defconst meta-log-presence--colours
  ;; Of a caret and of what is written in it; of a selection on light and on dark.
  ["#e69f00" "black" "#fbe6bd" "#5c4000"
   "#56b4e9" "black" "#d2eafa" "#1f4a63"
   "#009e73" "black" "#c2ecdf" "#00503a"
   "#f0e442" "black" "#faf6bd" "#57520d"
   "#0072b2" "white" "#c5e0f2" "#003f63"
   "#d55e00" "black" "#f9d8c2" "#662d00"
   "#cc79a7" "black" "#f3dce8" "#5e304a"
   "#999999" "black" "#e2e2e2" "#444444"]
  "Four colours for each person.")

(defun meta-log-presence--face (kind colour)
  "Return the name of the face of KIND, `caret' or `selection', in COLOUR."
  (intern (format "meta-log-presence-%s-%d" kind (mod colour 8))))

(dotimes (colour 8)
  (pcase-let ((`(,caret ,text ,light ,dark)
               (cl-loop for i from (* 4 colour) repeat 4 collect (aref meta-log-presence--colours i))))
    (custom-declare-face (meta-log-presence--face 'caret colour)
                         `((((class color) (min-colors 88)) :background ,caret :foreground ,text)
                           (t :inverse-video t))
                         (format "The caret of a person who has colour %d." colour)
                         :group 'meta-log)
    (custom-declare-face (meta-log-presence--face 'selection colour)
                         `((((class color) (min-colors 88) (background light)) :background ,light)
                           (((class color) (min-colors 88) (background dark)) :background ,dark)
                           (t :underline t))
                         (format "What a person has selected who has colour %d." colour)
                         :group 'meta-log)))

(defface meta-log-presence-away '((t :inherit shadow))
  "People who look at something else, or do nothing."
  :group 'meta-log)

;;; Where others are

(defvar meta-log-presence--people nil
  "Who is in which document: ((DOCUMENT . PEOPLE)...).
Each of PEOPLE is as the sidecar tells of it; its `:carets' are the overlays in
the document's own buffer.")

(defvar meta-log-presence--overlays nil "The overlays of each document: ((DOCUMENT . OVERLAYS)...).")

(defvar meta-log-presence--following nil "Whom you follow: (DOCUMENT . PEER-ID), or nil.")

(defvar meta-log-presence-changed-hook nil
  "Run when it was told who else is in a document, or where.")

(defun meta-log-presence-people (document)
  "Return who else is in DOCUMENT, as the sidecar tells of them.
Beside that, `:carets' of each are overlays."
  (alist-get document meta-log-presence--people))

(defun meta-log-presence-name (person)
  "Return what to call PERSON."
  (or (plist-get person :name) (substring (plist-get person :peerId) 0 13)))

(defun meta-log-presence--wipe (document)
  "Show nobody in DOCUMENT any more."
  (mapc #'delete-overlay (alist-get document meta-log-presence--overlays))
  (setf (alist-get document meta-log-presence--overlays nil t) nil
        (alist-get document meta-log-presence--people nil t) nil))

(defun meta-log-presence--buffers (document)
  "Return the buffers that show the text of DOCUMENT, its own first."
  (let ((own (meta-log-document-buffer document)))
    (cons own (cl-remove-if-not (lambda (buffer) (eq own (buffer-base-buffer buffer))) (buffer-list)))))

(defun meta-log-presence--place (document place)
  "Return where PLACE, as the sidecar names it, is in DOCUMENT.
Its buffer must be current and widened."
  (meta-log-text-point (plist-get place :line) (plist-get place :character)
                       (meta-log-sidecar-position-encoding) (meta-log-document-cr document)))

(defun meta-log-presence--overlay (buffer from to person kind)
  "Show KIND of PERSON, from FROM to TO, in BUFFER; return the overlay."
  (let* ((caret (eq kind 'caret))
         (empty (= from to))
         (face (meta-log-presence--face kind (plist-get person :colour)))
         ;; What is inserted at a caret goes before it, and what is at an edge of a selection stays outside.
         (overlay (make-overlay from to buffer t (and caret empty))))
    (overlay-put overlay 'meta-log-presence person)
    (overlay-put overlay 'help-echo (meta-log-presence-name person))
    (overlay-put overlay 'priority (if caret 60 50))
    (if (and caret empty)
        (overlay-put overlay 'before-string (propertize " " 'face face 'help-echo (meta-log-presence-name person)))
      (overlay-put overlay 'face face))
    overlay))

(defun meta-log-presence--caret (buffer at person)
  "Show a caret of PERSON at AT in BUFFER; return the overlay."
  (with-current-buffer buffer
    (save-restriction
      (widen)
      (let ((alone (or (= at (point-max)) (memq (char-after at) '(?\n ?\r ?\t)))))
        (meta-log-presence--overlay buffer at (if alone at (1+ at)) person 'caret)))))

(defun meta-log-presence--show (document people)
  "Show PEOPLE, as the sidecar tells of them, in DOCUMENT."
  (meta-log-presence--wipe document)
  (let ((buffers (meta-log-presence--buffers document)) (left meta-log-presence--most) overlays)
    (meta-log-document--in document
      (dolist (person people)
        (let (carets)
          (seq-doseq (span (plist-get person :selections))
            (let ((anchor (meta-log-presence--place document (plist-get span :anchor)))
                  (head (meta-log-presence--place document (plist-get span :head))))
              (when (and anchor head (> left 0))
                (setq left (1- left))
                (dolist (buffer buffers)
                  (unless (= anchor head)
                    (push (meta-log-presence--overlay buffer (min anchor head) (max anchor head) person 'selection)
                          overlays))
                  (push (meta-log-presence--caret buffer head person) overlays)
                  (when (eq buffer (car buffers)) (push (car overlays) carets))))))
          (push (append (list :carets (nreverse carets)) person) (alist-get document meta-log-presence--people)))))
    (setf (alist-get document meta-log-presence--overlays) overlays)
    (when people
      (setf (alist-get document meta-log-presence--people) (nreverse (alist-get document meta-log-presence--people))))))

(cl-defmethod meta-log-sidecar-on ((_ (eql meta-log/presenceChanged)) params)
  "Show who else is in the document of PARAMS.
That is, if it is told of the text that is here."
  (when-let ((document (meta-log-document-by-uri (or (plist-get params :uri) ""))))
    (let ((people (append (plist-get params :people) nil)))
      (when (buffer-live-p (meta-log-document-buffer document))
        (cond
         ((not (and people meta-log-presence-show)) (meta-log-presence--wipe document))
         ((eql (plist-get params :version) (meta-log-document-version document))
          (meta-log-presence--show document people)))
        (meta-log-presence--follow document)
        (with-current-buffer (meta-log-document-buffer document)
          (run-hooks 'meta-log-presence-changed-hook)
          (force-mode-line-update))))))

(defun meta-log-presence-summary (document)
  "Return a few words on who else is in DOCUMENT, or nil."
  (when-let ((people (meta-log-presence-people document)))
    (propertize (format "%d here" (length people))
                'help-echo (mapconcat #'meta-log-presence-name people ", "))))

;;; Where you are

(cl-defstruct (meta-log-presence--told (:copier nil))
  "What the sidecar was told of where you are."
  document focused anchor head)

(defvar meta-log-presence--last nil "What was told last, or nil.")
(defvar meta-log-presence--at 0.0 "When that was.")
(defvar meta-log-presence--timer nil "The timer that looks where you are.")

(defun meta-log-presence--look-soon ()
  "Look where you are, when that may be told."
  (unless meta-log-presence--timer
    (setq meta-log-presence--timer
          (run-with-timer (max 0 (- (+ meta-log-presence--at meta-log-presence--gap-seconds) (float-time)))
                          nil #'meta-log-presence--look))))

(defun meta-log-presence--focused-p ()
  "Return non-nil unless this Emacs is known to be behind something else."
  (and (or noninteractive (frame-focus-state)) t))

(defun meta-log-presence--tell (document focused spans)
  "Tell that you are in DOCUMENT, FOCUSED or not, at SPANS, ((ANCHOR . HEAD)...).
Without SPANS, you are not seen there any more."
  (when (and (meta-log-document-known document) (meta-log-sidecar-ready-p))
    (meta-log-document-flush document)
    (meta-log-document--in document
      (cl-flet ((place (at)
                  (pcase-let ((`(,line . ,column)
                               (meta-log-text-position (min (max at (point-min)) (point-max))
                                                       (meta-log-sidecar-position-encoding)
                                                       (meta-log-document-cr document))))
                    (list :line line :character column))))
        (setq meta-log-presence--at (float-time))
        (meta-log-sidecar-tell
         'meta-log/presence
         `( :uri ,(meta-log-document-uri document)
            :version ,(meta-log-document-version document)
            ,@(and spans
                   (list :selections
                         (vconcat (mapcar (lambda (span)
                                            (list :anchor (place (car span)) :head (place (cdr span))))
                                          spans))))
            :focused ,(if focused t :json-false)))))))

(defun meta-log-presence--forget ()
  "Forget what was told."
  (when-let ((last meta-log-presence--last))
    (set-marker (meta-log-presence--told-anchor last) nil)
    (set-marker (meta-log-presence--told-head last) nil)
    (setq meta-log-presence--last nil)))

(defun meta-log-presence--leave-last ()
  "Tell that you are no longer where you were told to be."
  (when-let ((last meta-log-presence--last))
    (let ((document (meta-log-presence--told-document last)))
      (when (buffer-live-p (meta-log-document-buffer document))
        (meta-log-presence--tell document nil
                                 (and meta-log-presence-send
                                      (list (cons (marker-position (meta-log-presence--told-anchor last))
                                                  (marker-position (meta-log-presence--told-head last))))))))
    (meta-log-presence--forget)))

(defun meta-log-presence--look ()
  "Tell where you are, if others take you to be somewhere else."
  (when meta-log-presence--timer
    (cancel-timer meta-log-presence--timer)
    (setq meta-log-presence--timer nil))
  (let* ((window (selected-window))
         (document (and meta-log-presence-send
                        (with-current-buffer (window-buffer window) (meta-log-document-here))))
         (last meta-log-presence--last))
    (unless (and document (meta-log-document-known document) (meta-log-document-live-p document))
      (setq document nil))
    (when (and last (not (eq document (meta-log-presence--told-document last))))
      (meta-log-presence--leave-last)
      (setq last nil))
    (when document
      (with-current-buffer (window-buffer window)
        (let ((head (window-point window))
              (anchor (if (and mark-active (mark t)) (mark t) (window-point window)))
              (focused (meta-log-presence--focused-p)))
          (unless (and last
                       (eq focused (meta-log-presence--told-focused last))
                       (= head (meta-log-presence--told-head last))
                       (= anchor (meta-log-presence--told-anchor last)))
            (meta-log-presence--tell document focused (list (cons anchor head)))
            (meta-log-presence--forget)
            (let ((base (meta-log-document-buffer document)) (selects (/= anchor head)))
              (cl-flet ((mark-place (at moves)
                          (let ((marker (make-marker)))
                            (set-marker marker at base)
                            (set-marker-insertion-type marker moves)
                            marker)))
                (setq meta-log-presence--last
                      (make-meta-log-presence--told
                       :document document :focused focused
                       :anchor (mark-place anchor (or (not selects) (< anchor head)))
                       :head (mark-place head (or (not selects) (< head anchor)))))))))))))

(defun meta-log-presence--after-command ()
  "Look where you are now, and follow nobody any more."
  (when meta-log-presence--following
    (unless (eq this-command 'meta-log-follow) (meta-log-presence-unfollow)))
  (unless meta-log-presence--timer
    (when (or meta-log-presence--last meta-log-document--all)
      (if (> (- (float-time) meta-log-presence--at) meta-log-presence--gap-seconds)
          (meta-log-presence--look)
        (meta-log-presence--look-soon)))))

(defun meta-log-presence--changed ()
  "Look where you are, if the document in front has just become live."
  (unless meta-log-presence--last (meta-log-presence--look-soon)))

;;; Beginning and end

(defun meta-log-presence--name ()
  "Return what others shall see you called."
  (let ((name (or (bound-and-true-p meta-log-member-name) (user-full-name))))
    (if (and (stringp name) (not (string-empty-p name)) (string-match-p "\\`[!-~]\\(?:[ -~]\\{0,62\\}[!-~]\\)?\\'" name))
        name
      (meta-log-members-own-name))))

(defun meta-log-presence--options ()
  "Return what `initialize' says of presence."
  (and meta-log-presence-show
       (list :presence (let ((name (meta-log-presence--name)))
                         (if name (list :name name) (make-hash-table :size 1))))))

(defun meta-log-presence--opened (_document)
  "A document was opened: begin to look where you are."
  (add-hook 'post-command-hook #'meta-log-presence--after-command 50)
  (add-hook 'window-selection-change-functions #'meta-log-presence--moved)
  (add-function :after after-focus-change-function #'meta-log-presence--look-soon)
  (add-hook 'meta-log-document-changed-hook #'meta-log-presence--changed)
  (add-hook 'meta-log-sidecar-down-hook #'meta-log-presence--down))

(defun meta-log-presence--closed (document)
  "DOCUMENT was closed: show nobody in it, and stop when it was the last one."
  (meta-log-presence--wipe document)
  (when (and meta-log-presence--last (eq document (meta-log-presence--told-document meta-log-presence--last)))
    (meta-log-presence--forget))
  (unless meta-log-document--all
    (meta-log-presence-unfollow)
    (when meta-log-presence--timer
      (cancel-timer meta-log-presence--timer)
      (setq meta-log-presence--timer nil))
    (remove-hook 'post-command-hook #'meta-log-presence--after-command)
    (remove-hook 'window-selection-change-functions #'meta-log-presence--moved)
    (remove-function after-focus-change-function #'meta-log-presence--look-soon)
    (remove-hook 'meta-log-document-changed-hook #'meta-log-presence--changed)
    (remove-hook 'meta-log-sidecar-down-hook #'meta-log-presence--down)))

(defun meta-log-presence--moved (_frame)
  "Another window was selected."
  (meta-log-presence--look-soon))

(defun meta-log-presence--down ()
  "The sidecar has ended: nobody is seen, and nothing that was told holds."
  (meta-log-presence--forget)
  (mapc #'meta-log-presence--wipe (mapcar #'car meta-log-presence--overlays)))

(add-hook 'meta-log-document-opened-functions #'meta-log-presence--opened)
(add-hook 'meta-log-document-closed-functions #'meta-log-presence--closed)
(add-hook 'meta-log-document-applied-hook #'meta-log-presence--look-soon)
(add-hook 'meta-log-sidecar-options-functions #'meta-log-presence--options)

;;; Who is here, and following

(defun meta-log-presence--here ()
  "Return the current buffer's document, or tell that nobody else is in it."
  (let ((document (meta-log-document-here)))
    (unless (and document (meta-log-presence-people document))
      (user-error "Nobody else is seen in %s" (buffer-name)))
    document))

(defun meta-log-presence--read (prompt)
  "Ask for one of those who are in the current buffer's document with PROMPT."
  (let* ((people (meta-log-presence-people (meta-log-presence--here)))
         (names (mapcar (lambda (person)
                          (cons (format "%s (%s)" (meta-log-presence-name person)
                                        (substring (plist-get person :peerId) 0 13))
                                person))
                        people)))
    (if (cdr names)
        (cdr (assoc (completing-read prompt names nil t) names))
      (cdar names))))

(defun meta-log-presence--go (document peer-id)
  "Go where the person PEER-ID is in DOCUMENT; return whether that was done.
The selected window has to show DOCUMENT."
  (when-let* ((person (cl-find peer-id (meta-log-presence-people document)
                               :key (lambda (person) (plist-get person :peerId)) :test #'equal))
              (overlay (car (plist-get person :carets)))
              (at (overlay-start overlay)))
    (with-current-buffer (window-buffer)
      (when (eq document (meta-log-document-here))
        (unless (<= (point-min) at (point-max)) (widen))
        (set-window-point nil at)
        (goto-char at)
        t))))

(defun meta-log-presence--follow (document)
  "Go where the person is that you follow in DOCUMENT."
  (when (and meta-log-presence--following (eq document (car meta-log-presence--following)))
    (meta-log-presence--go document (cdr meta-log-presence--following))))

;;;###autoload
(defun meta-log-follow (person)
  "Go where PERSON is in this buffer's document, until you do something yourself."
  (interactive (list (meta-log-presence--read "Follow: ")))
  (let ((document (meta-log-presence--here)))
    (setq meta-log-presence--following (cons document (plist-get person :peerId)))
    (push-mark nil t)
    (meta-log-presence--follow document)
    (message "You follow %s; any key ends that" (meta-log-presence-name person))))

(defun meta-log-presence-unfollow ()
  "Follow nobody any more."
  (setq meta-log-presence--following nil))

(defvar meta-log-who-mode-map
  (let ((map (make-sparse-keymap)))
    (define-key map (kbd "RET") #'meta-log-who-visit)
    map)
  "The keys of the list of who is here.")

(define-derived-mode meta-log-who-mode tabulated-list-mode "Who"
  "Who else is in your documents: \\<meta-log-who-mode-map>\\[meta-log-who-visit] goes where one is.
\\{meta-log-who-mode-map}"
  (setq tabulated-list-format [("Name" 24 t) ("Document" 30 t) ("Line" 6 nil) ("" 12 nil) ("Peer" 0 t)]
        tabulated-list-padding 1
        tabulated-list-entries #'meta-log-presence--entries)
  (tabulated-list-init-header))

(defun meta-log-presence--entries ()
  "Return the lines of the list of who is here."
  (cl-loop
   for (document . people) in meta-log-presence--people
   nconc (cl-loop
          for person in people
          for overlay = (car (plist-get person :carets))
          collect
          (list (list document (plist-get person :peerId))
                (vector (propertize (meta-log-presence-name person)
                                    'face (meta-log-presence--face 'caret (plist-get person :colour)))
                        (buffer-name (meta-log-document-buffer document))
                        (if (and overlay (overlay-start overlay))
                            (with-current-buffer (meta-log-document-buffer document)
                              (number-to-string (line-number-at-pos (overlay-start overlay) t)))
                          "")
                        (cond ((not (eq t (plist-get person :focused)))
                               (propertize "elsewhere" 'face 'meta-log-presence-away))
                              ((eq t (plist-get person :idle)) (propertize "idle" 'face 'meta-log-presence-away))
                              (t ""))
                        (plist-get person :peerId))))))

(defun meta-log-who-visit ()
  "Go where the person at point is."
  (interactive)
  (pcase-let ((`(,document ,peer-id) (or (tabulated-list-get-id) (user-error "Nobody is on this line"))))
    (pop-to-buffer (meta-log-document-buffer document))
    (or (meta-log-presence--go document peer-id)
        (user-error "It is not known where that is"))))

;;;###autoload
(defun meta-log-who ()
  "List who else is in your documents, and where."
  (interactive)
  (pop-to-buffer (with-current-buffer (get-buffer-create "*meta-log-who*")
                   (meta-log-who-mode)
                   (tabulated-list-print)
                   (current-buffer))))

(provide 'meta-log-presence)
;;; meta-log-presence.el ends here
