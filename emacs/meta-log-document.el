;;; meta-log-document.el --- Buffers that the sidecar knows  -*- lexical-binding: t; -*-

;; SPDX-License-Identifier: Apache-2.0

;;; Commentary:

;; A document is a buffer whose text the sidecar follows.  Two things happen to it.
;;
;; Changes go out.  Every change is noted when it happens (with the text it replaced, because the sidecar names places
;; in the text before the change), the version grows at once, and what was noted is sent when the command ends or, in
;; other code, as soon as Emacs waits.  A change of which Emacs did not tell (hooks were inhibited, or it was made in an
;; indirect buffer) shows by `buffer-chars-modified-tick'; then the whole text is sent.
;;
;; Edits come in.  One is applied only if its version is the document's, so that it was computed for exactly the text
;; that is here; otherwise it is refused, and the sidecar asks again.  Its own changes are noted and sent like any
;; other: the sidecar recognises them by their content.

;;; Code:

(require 'cl-lib)
(require 'subr-x)
(require 'meta-log-sidecar)
(require 'meta-log-text)
(require 'meta-log-undo)

(defconst meta-log-document--most-noted 500
  "How many changes are noted before they are sent in the middle of a command.")

(defconst meta-log-document--digest-characters 2000000
  "Texts longer than this are not compared with the sidecar's when Emacs is idle.")

(defvar meta-log-document-message-function #'message
  "Called like `message' to tell the person something about a document.")

(cl-defstruct (meta-log-document (:constructor meta-log-document--make) (:copier nil))
  "A buffer that the sidecar follows."
  (buffer nil :documentation "The buffer; for indirect buffers, their base.")
  (uri nil)
  (version 1 :documentation "Grows with every change.")
  (known nil :documentation "Whether the running sidecar was told of it.")
  (tick 0 :documentation "`buffer-chars-modified-tick' after the last change that is accounted for.")
  (cr nil :documentation "Whether the text may hold a carriage return.")
  (captured nil :documentation "The text that is about to change, or nil.")
  (captured-at 0 :documentation "Where that text starts.")
  (announced nil :documentation "The text's size when a change was announced that has not followed yet, or nil.")
  (outer nil :documentation "(TEXT . PLACE) of a change in whose midst another one was announced, or nil.")
  (noted nil :documentation "Changes to send, newest first.")
  (noted-count 0)
  (whole nil :documentation "Whether the whole text has to be sent after what is noted.")
  (unsent 0 :documentation "Changes made while there was no sidecar.")
  (status nil :documentation "The sidecar's last `meta-log/documentStatus' for it, a plist.")
  (forbidden nil :documentation "`now' or `before' while the person may only read: who made it read-only.")
  (compared 0 :documentation "The version that was last found equal to the sidecar's text.")
  (warned nil :documentation "Whether the person was told of characters that are not Unicode."))

(defvar meta-log-document--all nil "Every document, the newest first.")
(defvar meta-log-document--applying nil
  "Whether an edit is being applied; its changes are sent together.")
(defvar meta-log-document--soon nil "Timer that sends what is noted as soon as Emacs waits.")
(defvar meta-log-document--watch nil "Timer that looks for changes of which Emacs did not tell.")
(defvar meta-log-document--idle nil "Timer that compares texts when Emacs is idle.")

(defvar-local meta-log-document--here nil "The document that this buffer shows.")
(put 'meta-log-document--here 'permanent-local t)

(defvar meta-log-document-changed-hook nil
  "Run in a document's buffer when its status changed.")

(defvar meta-log-document-opened-functions nil
  "Called with each document that was opened.")

(defvar meta-log-document-closed-functions nil
  "Called with each document that was closed.")

(defvar meta-log-document-applied-hook nil
  "Run in a document's buffer when an edit of somebody else was applied.")

(defun meta-log-document-here ()
  "Return the document that the current buffer, or its base buffer, shows, or nil."
  (let ((document (or meta-log-document--here
                      (and (buffer-base-buffer)
                           (buffer-local-value 'meta-log-document--here (buffer-base-buffer))))))
    (and document
         (eq (meta-log-document-buffer document) (or (buffer-base-buffer) (current-buffer)))
         document)))

(defun meta-log-document-by-uri (uri)
  "Return the document with that URI, or nil."
  (or (cl-find uri meta-log-document--all :key #'meta-log-document-uri :test #'equal)
      ;; The same file may be written in several ways.
      (when-let ((file (meta-log-sidecar-file uri)))
        (cl-find file meta-log-document--all
                 :key (lambda (document) (meta-log-sidecar-file (meta-log-document-uri document)))
                 :test #'equal))))

(defmacro meta-log-document--in (document &rest body)
  "Run BODY in DOCUMENT's buffer, widened, without moving point."
  (declare (indent 1) (debug t))
  `(with-current-buffer (meta-log-document-buffer ,document)
     (save-excursion (save-restriction (widen) ,@body))))

(defun meta-log-document-text (document)
  "Return DOCUMENT's whole text as the sidecar shall see it."
  (meta-log-document--in document
    (meta-log-text-clean (buffer-substring-no-properties (point-min) (point-max)))))

;;; Opening and closing

(defun meta-log-document--check-file ()
  "Signal why the current buffer cannot be a document, if it cannot."
  (let ((charset (and buffer-file-coding-system
                      (coding-system-get buffer-file-coding-system :mime-charset)))
        unclean)
    (cond
     ((not buffer-file-name)
      (user-error "Only a buffer that visits a file can be live: save it to a file first"))
     ((file-remote-p buffer-file-name)
      (user-error "The file %s is on another machine: only files of this one can be live" buffer-file-name))
     ((or (not enable-multibyte-characters)
          (eq 'raw-text (and buffer-file-coding-system (coding-system-type buffer-file-coding-system)))
          (not (memq charset '(nil utf-8 us-ascii))))
      (user-error "The file %s is not UTF-8 (but %s): convert it with C-x RET f utf-8 and save it first"
                  buffer-file-name (or buffer-file-coding-system "bytes")))
     ((setq unclean (save-restriction (widen) (meta-log-text-find-unclean)))
      (user-error "The file %s is not UTF-8: line %d holds a byte that is no character"
                  buffer-file-name (line-number-at-pos unclean t))))))

(defun meta-log-document-visit (file)
  "Return a buffer that visits FILE; a NUL in it does not make it binary."
  (let ((inhibit-null-byte-detection t))
    (find-file-noselect file t)))

(defun meta-log-document-open (&optional uri)
  "Make the current buffer a document, known as URI, and return it.
If it is one already, just return it."
  (or (meta-log-document-here)
      (with-current-buffer (or (buffer-base-buffer) (current-buffer))
        (meta-log-document--check-file)
        (let ((document (meta-log-document--make
                         :buffer (current-buffer)
                         :uri (or uri (meta-log-sidecar-uri buffer-file-name)))))
          (setq meta-log-document--here document)
          (push document meta-log-document--all)
          (meta-log-document--listen)
          (meta-log-document--listen-globally)
          (meta-log-document--tell-open document)
          (run-hook-with-args 'meta-log-document-opened-functions document)
          document))))

(defconst meta-log-document--local-hooks
  '((before-change-functions . meta-log-document--before-change)
    (after-change-functions . meta-log-document--after-change)
    (after-save-hook . meta-log-document--after-save)
    (pre-command-hook . meta-log-undo-before-command)
    (kill-buffer-hook . meta-log-document--killed))
  "What a document's buffer calls.")

;; They stay when the major mode changes or the buffer is reverted.
(dolist (hook meta-log-document--local-hooks)
  (put (cdr hook) 'permanent-local-hook t))

(defun meta-log-document--listen ()
  "Have the current buffer tell of its changes.
First of all: when another function of these hooks fails, Emacs empties the
hook, but ours was called."
  (pcase-dolist (`(,hook . ,function) meta-log-document--local-hooks)
    (add-hook hook function -100 t)))

(defun meta-log-document--listen-globally ()
  "Start what all documents need."
  (add-hook 'post-command-hook #'meta-log-document--after-command)
  (add-hook 'kill-emacs-hook #'meta-log-document--flush-all)
  (add-hook 'meta-log-sidecar-ready-hook #'meta-log-document--sidecar-ready)
  (add-hook 'meta-log-sidecar-down-hook #'meta-log-document--sidecar-down)
  (unless meta-log-document--watch
    (setq meta-log-document--watch (run-with-timer 1 1 #'meta-log-document--look)))
  (unless meta-log-document--idle
    (setq meta-log-document--idle (run-with-idle-timer 5 t #'meta-log-document--compare-all))))

(defun meta-log-document--unlisten-globally ()
  "Stop what only documents need."
  (remove-hook 'post-command-hook #'meta-log-document--after-command)
  (remove-hook 'kill-emacs-hook #'meta-log-document--flush-all)
  (remove-hook 'meta-log-sidecar-ready-hook #'meta-log-document--sidecar-ready)
  (remove-hook 'meta-log-sidecar-down-hook #'meta-log-document--sidecar-down)
  (dolist (timer (list meta-log-document--watch meta-log-document--idle meta-log-document--soon))
    (when timer (cancel-timer timer)))
  (setq meta-log-document--watch nil meta-log-document--idle nil meta-log-document--soon nil))

(defun meta-log-document-close (document)
  "Forget DOCUMENT; what its buffer shows stays."
  (when (memq document meta-log-document--all)
    (meta-log-document--forbid document nil)
    (when (buffer-live-p (meta-log-document-buffer document))
      (meta-log-document-flush document)
      (with-current-buffer (meta-log-document-buffer document)
        (pcase-dolist (`(,hook . ,function) meta-log-document--local-hooks)
          (remove-hook hook function t))
        (kill-local-variable 'meta-log-document--here)))
    (setq meta-log-document--all (delq document meta-log-document--all))
    (when (meta-log-document-known document)
      (setf (meta-log-document-known document) nil)
      (meta-log-sidecar-tell 'textDocument/didClose
                             `(:textDocument (:uri ,(meta-log-document-uri document)))))
    (run-hook-with-args 'meta-log-document-closed-functions document)
    (unless meta-log-document--all
      (meta-log-document--unlisten-globally))))

(defun meta-log-document--killed ()
  "Close the document whose buffer is being killed.
The end of an indirect buffer does not matter."
  (let ((document (meta-log-document-here)))
    (when (and document (eq (meta-log-document-buffer document) (current-buffer)))
      (meta-log-document-close document))))

(defun meta-log-document--tell-open (document)
  "Tell the sidecar, if it is ready, what DOCUMENT shows."
  (meta-log-document--in document
    (goto-char (point-min))
    (setf (meta-log-document-cr document) (and (search-forward "\r" nil t) t)
          (meta-log-document-tick document) (buffer-chars-modified-tick)
          (meta-log-document-captured document) nil
          (meta-log-document-outer document) nil
          (meta-log-document-noted document) nil
          (meta-log-document-noted-count document) 0
          (meta-log-document-whole document) nil)
    (when (meta-log-sidecar-ready-p)
      (setf (meta-log-document-known document) t
            (meta-log-document-unsent document) 0)
      (meta-log-sidecar-tell
       'textDocument/didOpen
       `(:textDocument ( :uri ,(meta-log-document-uri document)
                         :languageId ,(string-remove-suffix "-mode" (symbol-name major-mode))
                         :version ,(meta-log-document-version document)
                         :text ,(meta-log-document-text document)))))))

(defun meta-log-document--sidecar-ready ()
  "Open every document: with what it shows now."
  (dolist (document (reverse meta-log-document--all))
    (meta-log-document--tell-open document)))

(defun meta-log-document--sidecar-down ()
  "Note that the sidecar knows no document any more."
  (dolist (document meta-log-document--all)
    (let ((unsent (or (plist-get (meta-log-document-status document) :unsent) 0)))
      (cl-incf (meta-log-document-unsent document) (+ unsent (meta-log-document-noted-count document))))
    (setf (meta-log-document-known document) nil
          (meta-log-document-status document) nil
          (meta-log-document-captured document) nil
          (meta-log-document-outer document) nil
          (meta-log-document-noted document) nil
          (meta-log-document-noted-count document) 0
          (meta-log-document-whole document) nil)
    (meta-log-document--changed document)))

(defun meta-log-document--changed (document)
  "Show that DOCUMENT's status changed."
  (when (buffer-live-p (meta-log-document-buffer document))
    (with-current-buffer (meta-log-document-buffer document)
      (run-hooks 'meta-log-document-changed-hook)
      (force-mode-line-update))))

;;; Changes go out

(defun meta-log-document--account (document)
  "If DOCUMENT changed without our being told, have the whole text sent.
The buffer must be current."
  (let ((tick (buffer-chars-modified-tick)))
    (unless (= tick (meta-log-document-tick document))
      (setf (meta-log-document-tick document) tick)
      (unless (and (null (meta-log-document-outer document))
                   (meta-log-document--nothing-came-of-it-p document))
        (meta-log-document--want-whole document)))))

(defun meta-log-document--nothing-came-of-it-p (document)
  "Return non-nil if a change was announced to DOCUMENT and then not made.
The primitives that change case do so, and `buffer-chars-modified-tick' grows."
  (let ((announced (meta-log-document-announced document)))
    (setf (meta-log-document-announced document) nil)
    (and announced
         (meta-log-document-captured document)
         (= announced (buffer-size))
         (meta-log-document--as-captured-p document))))

(defun meta-log-document--want-whole (document)
  "Have DOCUMENT's whole text sent."
  (setf (meta-log-document-whole document) t
        (meta-log-document-captured document) nil
        (meta-log-document-outer document) nil)
  (cl-incf (meta-log-document-version document))
  (meta-log-document--flush-soon))

(defun meta-log-document--before-change (beg end)
  "Keep the text from BEG to END, which is about to change."
  (when-let ((document (meta-log-document-here)))
    (condition-case err
        (save-match-data
          (unless (meta-log-document--within-another-p document)
            (meta-log-document--account document))
          (when (meta-log-document-known document)
            (save-restriction
              (widen)
              (setf (meta-log-document-captured document) (buffer-substring-no-properties beg end)
                    (meta-log-document-captured-at document) beg
                    (meta-log-document-announced document) (buffer-size)))))
      (error (meta-log-document--lost document err)))))

(defun meta-log-document--within-another-p (document)
  "Return non-nil if DOCUMENT is in the midst of a change.
So it is when `replace-match' adjusts the case of what it has put in: that is
announced before the end of the replacement is told, and mostly changes nothing."
  (and (meta-log-document-announced document)
       (meta-log-document-captured document)
       (null (meta-log-document-outer document))
       (/= (meta-log-document-tick document) (buffer-chars-modified-tick))
       (not (meta-log-document--as-captured-p document))
       (setf (meta-log-document-outer document)
             (cons (meta-log-document-captured document) (meta-log-document-captured-at document)))))

(defun meta-log-document--as-captured-p (document)
  "Return non-nil if DOCUMENT's text is where it was captured what was captured."
  (save-restriction
    (widen)
    (let* ((captured (meta-log-document-captured document))
           (beg (meta-log-document-captured-at document))
           (end (+ beg (length captured))))
      (and (<= end (point-max))
           (equal captured (buffer-substring-no-properties beg end))))))

(defun meta-log-document--back-to-outer (document)
  "If nothing came of the inner one of two changes of DOCUMENT, forget it."
  (when-let ((outer (meta-log-document-outer document)))
    (setf (meta-log-document-captured document) (and (meta-log-document--as-captured-p document) (car outer))
          (meta-log-document-captured-at document) (cdr outer)
          (meta-log-document-outer document) nil)))

(defun meta-log-document--lost (document err)
  "Because of ERR a change may have been missed: send DOCUMENT's whole text."
  (message "meta-log: a change was not understood (%s); the whole text is sent" (error-message-string err))
  (meta-log-document--want-whole document))

(defun meta-log-document--after-change (beg end length)
  "Note that the text from BEG to END has replaced LENGTH characters."
  (when-let ((document (meta-log-document-here)))
    (setf (meta-log-document-tick document) (buffer-chars-modified-tick)
          (meta-log-document-announced document) nil)
    (condition-case err
        (if (not (meta-log-document-known document))
            (progn (cl-incf (meta-log-document-unsent document))
                   (cl-incf (meta-log-document-version document)))
          (save-match-data
            (meta-log-document--back-to-outer document)
            (let* ((captured (meta-log-document-captured document))
                   (from (- beg (meta-log-document-captured-at document))))
              (cond
               ((meta-log-document-whole document) (cl-incf (meta-log-document-version document)))
               ((not (and captured (<= 0 from) (<= (+ from length) (length captured))))
                (meta-log-document--want-whole document))
               (t
                (save-restriction
                  (widen)
                  (let ((old (substring captured from (+ from length)))
                        (new (buffer-substring-no-properties beg end)))
                    ;; One announcement may be followed by several changes inside it.
                    (setf (meta-log-document-captured document)
                          (if (= length (length captured))
                              (progn (setf (meta-log-document-captured-at document) beg) new)
                            (concat (substring captured 0 from) new (substring captured (+ from length)))))
                    (unless (string= old new)
                      (meta-log-document--note document beg old new)))))))))
      (error (meta-log-document--lost document err)))))

(defun meta-log-document--note (document beg old new)
  "Note that NEW, which is in DOCUMENT's widened buffer at BEG, has replaced OLD."
  (pcase-let ((`(,prefix . ,suffix) (meta-log-text-common old new)))
    (let ((at (+ beg prefix))
          (old (substring old prefix (- (length old) suffix)))
          (new (substring new prefix (- (length new) suffix)))
          (encoding (meta-log-sidecar-position-encoding)))
      (when (string-search "\r" new) (setf (meta-log-document-cr document) t))
      (let* ((cr (meta-log-document-cr document))
             (end (+ at (length new)))
             (before (char-before at))
             (after (char-after end)))
        ;; Between the two halves of "\r\n" is no place: a change there takes in the other half.
        (when cr
          (when (and (eq before ?\r)
                     (or (eq ?\n (if (string-empty-p new) after (aref new 0)))
                         (eq ?\n (if (string-empty-p old) after (aref old 0)))))
            (setq at (1- at) old (concat "\r" old) new (concat "\r" new)))
          (when (and (eq after ?\n)
                     (or (and (not (string-empty-p new)) (eq ?\r (aref new (1- (length new)))))
                         (and (not (string-empty-p old)) (eq ?\r (aref old (1- (length old)))))))
            (setq old (concat old "\n") new (concat new "\n"))))
        (pcase-let* ((`(,line . ,column) (meta-log-text-position at encoding cr))
                     (clean (meta-log-text-clean old))
                     (`(,breaks . ,last) (meta-log-text-last-line clean))
                     (tail (meta-log-text-units (if (= 0 last) clean (substring clean last)) encoding))
                     (text (meta-log-text-clean new)))
          (unless (or (eq text new) (meta-log-document-warned document))
            (setf (meta-log-document-warned document) t)
            (funcall meta-log-document-message-function
                     "meta-log: %s holds a byte that is no character; others see U+FFFD in its place" (buffer-name)))
          (push `( :range ( :start (:line ,line :character ,column)
                            :end ( :line ,(+ line breaks)
                                   :character ,(if (= 0 breaks) (+ column tail) tail)))
                   :text ,text)
                (meta-log-document-noted document))
          (cl-incf (meta-log-document-version document))
          (if (and (>= (cl-incf (meta-log-document-noted-count document)) meta-log-document--most-noted)
                   (not meta-log-document--applying))
              (meta-log-document--send document)
            (meta-log-document--flush-soon)))))))

(defun meta-log-document--send (document)
  "Send what is noted of DOCUMENT."
  (let ((changes (nreverse (meta-log-document-noted document))))
    (when (meta-log-document-whole document)
      (meta-log-document--in document
        (goto-char (point-min))
        (setf (meta-log-document-cr document) (and (search-forward "\r" nil t) t)))
      (setq changes (nconc changes `((:text ,(meta-log-document-text document))))))
    (setf (meta-log-document-noted document) nil
          (meta-log-document-noted-count document) 0
          (meta-log-document-whole document) nil)
    (meta-log-sidecar-tell
     'textDocument/didChange
     `( :textDocument ( :uri ,(meta-log-document-uri document)
                        :version ,(meta-log-document-version document))
        :contentChanges ,(vconcat changes)))))

(defun meta-log-document-flush (document)
  "Send at once whatever the sidecar does not know of DOCUMENT's text."
  (with-current-buffer (meta-log-document-buffer document)
    (meta-log-document--account document)
    (when (or (meta-log-document-noted document) (meta-log-document-whole document))
      (if (and (meta-log-document-known document) (meta-log-sidecar-ready-p))
          (meta-log-document--send document)
        ;; The whole text will be told when the sidecar is back.
        (cl-incf (meta-log-document-unsent document) (max 1 (meta-log-document-noted-count document)))
        (setf (meta-log-document-noted document) nil
              (meta-log-document-noted-count document) 0
              (meta-log-document-whole document) nil)))))

(defun meta-log-document--flush-soon ()
  "Flush every document as soon as Emacs waits.
In the command loop `post-command-hook' comes first; this is for changes that
no command made."
  (unless meta-log-document--soon
    (setq meta-log-document--soon (run-with-timer 0 nil #'meta-log-document--flush-all))))

(defun meta-log-document--flush-all ()
  "Flush every document."
  (when meta-log-document--soon
    (cancel-timer meta-log-document--soon)
    (setq meta-log-document--soon nil))
  (dolist (document meta-log-document--all)
    (when (buffer-live-p (meta-log-document-buffer document))
      (condition-case err
          (meta-log-document-flush document)
        (error (message "meta-log: %s" (error-message-string err)))))))

(defun meta-log-document--look ()
  "Find changes of which Emacs did not tell, and hooks that were emptied."
  (dolist (document meta-log-document--all)
    (when (buffer-live-p (meta-log-document-buffer document))
      (with-current-buffer (meta-log-document-buffer document)
        (meta-log-document--listen)
        (meta-log-document--account document)))))

(defun meta-log-document--after-command ()
  "Send what the command changed."
  (let (something)
    (dolist (document meta-log-document--all)
      (let ((buffer (meta-log-document-buffer document)))
        (when (or (meta-log-document-noted document)
                  (meta-log-document-whole document)
                  (and (buffer-live-p buffer)
                       (/= (buffer-chars-modified-tick buffer) (meta-log-document-tick document))))
          (setq something t))))
    (when something (meta-log-document--flush-all))))

;;; Edits come in

(cl-defmethod meta-log-sidecar-answer ((_ (eql workspace/applyEdit)) params)
  "Apply the edit in PARAMS if it was computed for the text that is here."
  (let ((reason (condition-case err
                    (meta-log-document--try-edit (plist-get params :edit))
                  (error (error-message-string err)))))
    (if reason
        (list :applied :json-false :failureReason reason)
      (list :applied t))))

(defun meta-log-document--try-edit (edit)
  "Apply the workspace EDIT and return nil, or return why not."
  (let* ((changes (plist-get edit :documentChanges))
         (change (and (vectorp changes) (= 1 (length changes)) (aref changes 0)))
         (target (plist-get change :textDocument))
         (document (and (stringp (plist-get target :uri))
                        (meta-log-document-by-uri (plist-get target :uri)))))
    (cond
     ((not (and change target (vectorp (plist-get change :edits))))
      "only text edits of one versioned document are applied")
     ((not (and document (meta-log-document-known document)
                (buffer-live-p (meta-log-document-buffer document))))
      (format "%s is not open here" (plist-get target :uri)))
     (t
      ;; A key that came before this edit is told before it is answered.
      (meta-log-document-flush document)
      (if (not (eql (plist-get target :version) (meta-log-document-version document)))
          (format "the document is at version %d, the edit is for %s"
                  (meta-log-document-version document) (plist-get target :version))
        (meta-log-document--apply document (append (plist-get change :edits) nil)))))))

(defun meta-log-document--resolve (document edits)
  "Return the text EDITS of DOCUMENT as ((BEG END . TEXT)...), the last one first.
If they do not fit, return a string that says why.  The widened buffer must be
current."
  (let ((encoding (meta-log-sidecar-position-encoding))
        (cr (meta-log-document-cr document))
        (index 0) resolved wrong)
    (dolist (edit edits)
      (let* ((range (plist-get edit :range))
             (start (plist-get range :start))
             (end (plist-get range :end))
             (from (meta-log-text-point (plist-get start :line) (plist-get start :character) encoding cr))
             (to (if (equal start end) from
                   (meta-log-text-point (plist-get end :line) (plist-get end :character) encoding cr))))
        (if (and from to (<= from to) (stringp (plist-get edit :newText)))
            (push (list from to index (plist-get edit :newText)) resolved)
          (setq wrong (format "the range %S is not in the text" range)))
        (cl-incf index)))
    (or wrong
        ;; Of several edits at one place, the one that is named first ends up first; an insertion comes before a
        ;; replacement that starts there.
        (let ((sorted (sort resolved
                            (lambda (a b)
                              (pcase-let ((`(,from-a ,to-a ,index-a) a) (`(,from-b ,to-b ,index-b) b))
                                (cond ((/= from-a from-b) (> from-a from-b))
                                      ((not (eq (= from-a to-a) (= from-b to-b))) (= from-b to-b))
                                      (t (> index-a index-b))))))))
          (if (cl-loop for (later earlier) on sorted
                       thereis (and earlier (> (nth 1 earlier) (nth 0 later))))
              "the ranges of the edit overlap"
            (mapcar (lambda (edit) (cons (nth 0 edit) (cons (nth 1 edit) (nth 3 edit)))) sorted))))))

(defun meta-log-document--apply (document edits)
  "Apply the text EDITS to DOCUMENT and return nil.
If they do not fit, change nothing and return why."
  (with-current-buffer (meta-log-document-buffer document)
    (save-excursion
      (save-restriction
        (widen)
        (let ((resolved (meta-log-document--resolve document edits)))
          (if (stringp resolved)
              (progn
                ;; The sidecar has another text in mind than the one that is here.
                (meta-log-document--want-whole document)
                resolved)
            (let (done)
              (unwind-protect
                  (let ((inhibit-quit t)
                        (inhibit-read-only t)
                        (inhibit-modification-hooks nil)
                        (deactivate-mark nil)
                        (create-lockfiles nil)
                        (meta-log-document--applying t)
                        (buffer-undo-list t))
                    ;; That the file changed on disk is no reason to ask the person something now.
                    (cl-letf (((symbol-function 'ask-user-about-supersession-threat) #'ignore))
                      (pcase-dolist (`(,beg ,end . ,text) resolved)
                        (meta-log-document--keep-breaks document beg end text)
                        (when (< beg end)
                          (meta-log-document--primitive document #'delete-region beg end)
                          (push `(delete (,beg . ,end)) done))
                        (unless (string-empty-p text)
                          (goto-char beg)
                          (meta-log-document--primitive document #'insert text)
                          (push `(insert ,beg . ,(length text)) done)))))
                (meta-log-undo-record (nreverse done))
                (meta-log-document-flush document))
              (run-hooks 'meta-log-document-applied-hook)
              nil)))))))

(defun meta-log-document--keep-breaks (document beg end text)
  "Keep two line ends from becoming one when TEXT replaces BEG to END in DOCUMENT.
A \"\\r\" that would meet a \"\\n\" is made a \"\\n\" itself."
  (when (and (meta-log-document-cr document)
             (eq (char-before beg) ?\r)
             (eq ?\n (if (string-empty-p text) (char-after end) (aref text 0))))
    (goto-char beg)
    (meta-log-document--primitive document #'insert "\n")
    (meta-log-document--primitive document #'delete-region (1- beg) beg)))

(defun meta-log-document--primitive (document function &rest arguments)
  "Call FUNCTION, which changes DOCUMENT's text once, with ARGUMENTS.
When somebody's change hook fails, the change is made all the same, so that an
edit is never half applied."
  (let ((tick (buffer-chars-modified-tick)))
    (condition-case err
        (apply function arguments)
      (error
       (message "meta-log: a change hook of %s failed: %s" (buffer-name) (error-message-string err))
       (when (= tick (buffer-chars-modified-tick))
         (let ((inhibit-modification-hooks t))
           (apply function arguments)))
       (meta-log-document--listen)
       (meta-log-document--account document)))))

;;; Saving, comparing, status

(defun meta-log-document--after-save ()
  "Tell the sidecar that the document was saved."
  (when-let ((document (meta-log-document-here)))
    (meta-log-document-flush document)
    (when (meta-log-document-known document)
      (meta-log-sidecar-tell 'textDocument/didSave
                             `(:textDocument (:uri ,(meta-log-document-uri document))))
      (meta-log-document-compare document))))

(defun meta-log-document-live-p (document)
  "Return non-nil if DOCUMENT is shared, not only known to the sidecar."
  (and (meta-log-document-status document) t))

(defun meta-log-document-sha256 (document)
  "Return the digest of DOCUMENT's text with \"\\n\" line ends."
  (secure-hash 'sha256 (encode-coding-string (meta-log-text-normalize (meta-log-document-text document)) 'utf-8-unix)))

(defun meta-log-document-compare (document &optional callback)
  "Ask the sidecar whether DOCUMENT's text is right; if not, send the whole text.
CALLBACK, if given, is called with the verdict, or with nil when there was
none."
  (meta-log-document-flush document)
  (when (or callback (meta-log-document-live-p document))
    (let ((version (meta-log-document-version document)))
      (meta-log-sidecar-ask
       'meta-log/digest
       (list :uri (meta-log-document-uri document) :version version :sha256 (meta-log-document-sha256 document))
       (lambda (result)
         (let ((verdict (plist-get result :verdict)))
           (pcase verdict
             ("equal" (setf (meta-log-document-compared document) version))
             ("different"
              (funcall meta-log-document-message-function
                       "meta-log: %s differed from the shared text; the difference is being healed"
                       (buffer-name (meta-log-document-buffer document)))
              (meta-log-document--want-whole document)))
           (when callback (funcall callback verdict))))
       (lambda (_) (when callback (funcall callback nil)))))))

(defun meta-log-document--compare-all ()
  "Compare the texts that changed since they were last found equal."
  (dolist (document meta-log-document--all)
    (when (and (meta-log-document-known document)
               (meta-log-document-live-p document)
               (buffer-live-p (meta-log-document-buffer document))
               (/= (meta-log-document-compared document) (meta-log-document-version document))
               (< (buffer-size (meta-log-document-buffer document)) meta-log-document--digest-characters))
      (meta-log-document-compare document))))

(defun meta-log-document-resend (document)
  "Send DOCUMENT's whole text, which resumes live updates that were paused."
  (with-current-buffer (meta-log-document-buffer document)
    (meta-log-document--want-whole document)
    (meta-log-document-flush document)))

(cl-defmethod meta-log-sidecar-on ((_ (eql meta-log/documentStatus)) params)
  "Keep the status of the document in PARAMS.
When the sidecar begins to wait for the whole text, send it."
  (when-let ((document (meta-log-document-by-uri (or (plist-get params :uri) ""))))
    (let ((waits (equal (plist-get params :state) "paused"))
          (waited (equal (plist-get (meta-log-document-status document) :state) "paused")))
      (when (and waits (not waited))
        (meta-log-document--want-whole document)))
    (setf (meta-log-document-status document) params)
    (meta-log-document--forbid document (eq t (plist-get params :readOnly)))
    (meta-log-document--changed document)))

(defun meta-log-document--forbid (document forbidden)
  "Make DOCUMENT's buffer read-only when FORBIDDEN, and else as it was before.
What others write is shown all the same.  Who makes the buffer writable
meanwhile has it so."
  (when (buffer-live-p (meta-log-document-buffer document))
    (with-current-buffer (meta-log-document-buffer document)
      (cond
       ((and forbidden (not (meta-log-document-forbidden document)))
        (setf (meta-log-document-forbidden document) (if buffer-read-only 'before 'now))
        (setq buffer-read-only t)
        (force-mode-line-update))
       ((and (not forbidden) (meta-log-document-forbidden document))
        (when (eq 'now (meta-log-document-forbidden document))
          (setq buffer-read-only nil))
        (setf (meta-log-document-forbidden document) nil)
        (force-mode-line-update))))))

(defun meta-log-document-summary (document)
  "Return a few words on how DOCUMENT stands."
  (let* ((status (meta-log-document-status document))
         (unsent (+ (meta-log-document-unsent document) (or (plist-get status :unsent) 0)))
         (unsent-words (and (> unsent 0) (format "%d unsent" unsent))))
    (pcase (meta-log-sidecar-state-now)
      ('ready
       (pcase (plist-get status :state)
         ('nil (or unsent-words "not shared"))
         ((and "in-sync" (guard (meta-log-document-forbidden document))) "in sync, read only")
         ("in-sync" (or unsent-words "in sync"))
         ("sending" (or unsent-words "sending"))
         ("offline" (if unsent-words (concat "offline, " unsent-words) "offline"))
         (state (if unsent-words (concat state ", " unsent-words) state))))
      ('starting (if unsent-words (concat "starting, " unsent-words) "starting"))
      ('waiting (if unsent-words (concat "no sidecar, " unsent-words) "no sidecar"))
      (_ "stopped"))))

(provide 'meta-log-document)
;;; meta-log-document.el ends here
