;;; meta-log-undo.el --- Keep undo to one's own edits  -*- lexical-binding: t; -*-

;; SPDX-License-Identifier: Apache-2.0

;;; Commentary:

;; Edits of other people are applied without being recorded for undo.  What is recorded already then names places that
;; have moved, so the whole undo list is rewritten as if the other person's edit had been there before.
;;
;; The list goes back in time: its first entry tells how to undo the latest change, the next one is meant for the text
;; after that undo, and so on.  So on the way along the list, the remote edit is itself carried back: at each entry,
;; first the entry is moved by the edit, then the edit is moved by what undoing that entry would do.
;;
;;     text now      ──undo entry 1──▶  text before 1  ──undo entry 2──▶  text before 2
;;        │ edit                           │ edit'                           │ edit''
;;        ▼                                ▼                                 ▼
;;     text now'     ──undo entry 1'─▶  text before 1' ──undo entry 2'─▶  text before 2'
;;
;; An edit is either (insert PLACE . LENGTH) or (delete (BEG . END)...), disjoint spans of one text.  A deletion may
;; fall apart when undoing an entry brings text back in the middle of it, hence the list.
;;
;; The conses of the list are changed in place: an undo that is under way (`pending-undo-list') and Emacs's table of
;; redo records (`undo-equiv-table') refer to them.

;;; Code:

(require 'cl-lib)

(defconst meta-log-undo--steps 1000000
  "How many entries may be looked at for one edit.
If it takes more, the undo list is dropped.")

(defun meta-log-undo--place (place edit)
  "Return where PLACE is after EDIT."
  (pcase edit
    (`(insert ,at . ,length) (if (< at place) (+ place length) place))
    (`(delete . ,spans)
     (let ((moved place))
       (dolist (span spans)
         (cond ((>= place (cdr span)) (setq moved (- moved (- (cdr span) (car span)))))
               ((> place (car span)) (setq moved (- moved (- place (car span)))))))
       moved))))

(defun meta-log-undo--past-deletion (edit beg end)
  "Return EDIT as it is once the text from BEG to END is gone."
  (let ((gone (list 'delete (cons beg end))))
    (pcase edit
      (`(insert ,at . ,length) `(insert ,(meta-log-undo--place at gone) . ,length))
      (`(delete . ,spans)
       (cons 'delete
             (cl-loop for (from . to) in spans
                      for new = (cons (meta-log-undo--place from gone) (meta-log-undo--place to gone))
                      when (< (car new) (cdr new)) collect new))))))

(defun meta-log-undo--past-insertion (edit at length)
  "Return EDIT as it is once LENGTH characters were put AT some place."
  (pcase edit
    (`(insert ,place . ,own) `(insert ,(if (>= place at) (+ place length) place) . ,own))
    (`(delete . ,spans)
     (cons 'delete
           (cl-loop for (from . to) in spans
                    append (cond ((>= from at) (list (cons (+ from length) (+ to length))))
                                 ((<= to at) (list (cons from to)))
                                 (t (list (cons from at) (cons (+ at length) (+ to length))))))))))

(defun meta-log-undo--adjust-inserted (cell edit)
  "Move the entry (BEG . END) in CELL by EDIT.
Return the cell whose cdr holds the next entry."
  (let* ((entry (car cell)) (beg (car entry)) (end (cdr entry)))
    (pcase edit
      (`(insert ,at . ,length)
       (cond ((<= at beg) (setcar entry (+ beg length)) (setcdr entry (+ end length)) cell)
             ((>= at end) cell)
             ;; Somebody wrote inside what this person had written: undoing leaves that alone.
             (t (setcar cell (cons (+ at length) (+ end length)))
                (setcdr cell (cons (cons beg at) (cdr cell)))
                (cdr cell))))
      (_ (setcar entry (meta-log-undo--place beg edit))
         (setcdr entry (meta-log-undo--place end edit))
         cell))))

(defun meta-log-undo--adjust-list (list edit)
  "Rewrite the undo LIST in place for EDIT."
  (let ((cell list))
    (while (and (consp cell) (not (equal edit '(delete))))
      (let ((next edit) entry again)
        (pcase (setq entry (car cell))
          ('nil)
          ((pred integerp) (setcar cell (meta-log-undo--place entry edit)))
          (`(,(and (pred integerp) beg) . ,(and (pred integerp) end))
           (setq next (meta-log-undo--past-deletion edit beg end)
                 cell (meta-log-undo--adjust-inserted cell edit)))
          (`(,(and (pred stringp) text) . ,(and (pred integerp) place))
           (let ((at (abs place)))
             (setcdr entry (* (if (< place 0) -1 1) (meta-log-undo--place at edit)))
             (setq next (meta-log-undo--past-insertion edit at (length text)))))
          ;; With somebody else's text in it, the buffer will not be again what the file was.
          (`(t . ,_) (setcar cell (list 'apply #'ignore)))
          (`(nil ,_ ,_ ,beg . ,end)
           (setcar (nthcdr 3 entry) (meta-log-undo--place beg edit))
           (setcdr (nthcdr 3 entry) (meta-log-undo--place end edit)))
          (`(apply ,_ ,_ ,_ undo--wrap-and-run-primitive-undo ,_ ,_ ,inner)
           ;; Several entries in one, with places of their own: put them in its stead, and look again.
           (let ((entries (remq nil inner)))
             (setcdr cell (append (cdr entries) (cdr cell)))
             (setcar cell (car entries))
             (setq again t)))
          ((and `(apply . ,_) (guard (meta-log-undo--opaque-p entry edit)))
           ;; Nobody can tell which places it will touch: to undo nothing is better than to undo in a wrong place.
           (setcar cell nil)
           (setcdr cell nil))
          (`(apply ,(and (pred integerp) delta) ,_ ,end . ,_)
           (setq next (if (> delta 0)
                          (meta-log-undo--past-insertion edit end delta)
                        (meta-log-undo--past-deletion edit (+ end delta) end)))))
        (unless again (setq edit next cell (cdr cell)))))))

(defun meta-log-undo--opaque-p (entry edit)
  "Return non-nil if the `apply' ENTRY may touch places that EDIT moves."
  (pcase entry
    (`(apply ,(pred integerp) ,_ ,end . ,_)
     (not (> (pcase edit (`(insert ,at . ,_) at) (`(delete . ,spans) (apply #'min (mapcar #'car spans))))
             end)))
    (`(apply . ,arguments) (cl-some #'number-or-marker-p arguments))))

(defun meta-log-undo-adjust (edits)
  "Rewrite the current buffer's undo list for EDITS.
They were made without recording, in this order."
  (when (and edits (consp buffer-undo-list))
    (if (> (* (length edits) (length buffer-undo-list)) meta-log-undo--steps)
        (setq buffer-undo-list nil)
      (dolist (edit edits)
        (meta-log-undo--adjust-list buffer-undo-list edit)))))

(provide 'meta-log-undo)
;;; meta-log-undo.el ends here
