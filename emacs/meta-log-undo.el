;;; meta-log-undo.el --- Keep undo to one's own edits  -*- lexical-binding: t; -*-

;; SPDX-License-Identifier: Apache-2.0

;;; Commentary:

;; Edits of other people are applied without being recorded for undo.  What is recorded already then names places that
;; have moved, so it has to be rewritten as if the other person's edit had been there before.
;;
;; The undo list goes back in time: its first entry tells how to undo the latest change, the next one is meant for the
;; text after that undo, and so on.  So on the way along the list, the edit is itself carried back: at each entry, first
;; the entry is moved by the edit, then the edit is moved by what undoing that entry would do.
;;
;;     text now      ──undo entry 1──▶  text before 1  ──undo entry 2──▶  text before 2
;;        │ edit                           │ edit'                           │ edit''
;;        ▼                                ▼                                 ▼
;;     text now'     ──undo entry 1'─▶  text before 1' ──undo entry 2'─▶  text before 2'
;;
;; That takes time for every entry, so it is put off.  A note, an `apply' entry that changes nothing, is put into the
;; list where the edit happened; when undo comes to it, the edits of the note are carried through the entries up to the
;; next older note, and left there.  A note that holds many edits is carried on at once, so that no undo takes long.
;;
;; An edit is either (insert PLACE . LENGTH) or (delete (BEG . END)...), disjoint spans of one text.  A deletion may
;; fall apart when undoing an entry brings text back in the middle of it, hence the list.
;;
;; The conses of the list are changed in place: an undo that is under way (`pending-undo-list') and Emacs's table of
;; redo records (`undo-equiv-table') refer to them.

;;; Code:

(require 'cl-lib)

(defconst meta-log-undo--most-edits 16
  "How many edits a note holds; if there are more, they are carried on.")

(defconst meta-log-undo--most-entries 500000
  "Through how many entries edits are carried at once.
What is older is forgotten: to undo nothing is better than to wait for minutes.")

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

(defun meta-log-undo--carry-one (list edit)
  "Carry EDIT back through LIST, in place, up to the next note or the end.
Return the cell of that note, to which the edit was added, or nil."
  (let ((cell list) (left meta-log-undo--most-entries) note)
    (while (and (consp cell) (not note) (not (equal edit '(delete))))
      (when (= 0 (cl-decf left)) (setcdr cell nil))
      (let ((next edit) entry again)
        (pcase (setq entry (car cell))
          ('nil)
          (`(apply meta-log-undo--pass ,holder)
           (when (cdr holder)
             (meta-log-undo--add holder edit)
             (setq note cell)))
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
        (unless again (setq edit next cell (cdr cell)))))
    note))

(defun meta-log-undo--opaque-p (entry edit)
  "Return non-nil if the `apply' ENTRY may touch places that EDIT moves."
  (pcase entry
    (`(apply ,(pred integerp) ,_ ,end . ,_)
     (not (> (pcase edit (`(insert ,at . ,_) at) (`(delete . ,spans) (apply #'min (mapcar #'car spans))))
             end)))
    (`(apply . ,arguments) (cl-some #'number-or-marker-p arguments))))

(defun meta-log-undo--carry (list edits)
  "Carry EDITS, in the order they were made, back through LIST, in place."
  (while edits
    (let (note)
      (dolist (edit edits)
        (setq note (or (meta-log-undo--carry-one list edit) note)))
      (setq edits nil)
      (when note
        (let ((holder (nth 2 (car note))))
          (when (> (length (cdr holder)) meta-log-undo--most-edits)
            (setq edits (cdr holder) list (cdr note))
            (setcdr holder nil)))))))

;;; Notes

(defun meta-log-undo--add (holder edit)
  "Add EDIT to the edits of a note's HOLDER.
It becomes a part of the last one if it can."
  (let ((last (last (cdr holder))))
    (pcase (cons (car last) edit)
      (`((insert ,at . ,length) . (insert ,next . ,more))
       (if (<= at next (+ at length))
           (setcar last `(insert ,at . ,(+ length more)))
         (nconc holder (list edit))))
      (`((delete (,beg . ,end)) . (delete (,from . ,to)))
       (if (<= from beg to)
           (setcar last `(delete (,from . ,(+ to (- end beg)))))
         (nconc holder (list edit))))
      (_ (nconc holder (list edit))))))

(defun meta-log-undo--under-way-p ()
  "Return non-nil if the last thing that happened to this buffer was an undo."
  (let ((list buffer-undo-list))
    (while (and (consp list) (null (car list))) (setq list (cdr list)))
    (gethash list undo-equiv-table)))

(defun meta-log-undo-record (edits)
  "Take note of EDITS of somebody else, which were made in this order.
They were made in the current buffer, without being recorded for undo."
  (when (and edits (consp buffer-undo-list))
    (if (meta-log-undo--under-way-p)
        ;; Another undo goes on where this one stopped only if the list starts as it does now.
        (meta-log-undo--carry buffer-undo-list edits)
      (pcase (if (car buffer-undo-list) (car buffer-undo-list) (cadr buffer-undo-list))
        (`(apply meta-log-undo--pass ,holder)
         (dolist (edit edits) (meta-log-undo--add holder edit))
         (when (> (length (cdr holder)) meta-log-undo--most-edits)
           (meta-log-undo--pass holder)))
        (_
         (let ((note (list 'apply 'meta-log-undo--pass (list 'edits))))
           (dolist (edit edits) (meta-log-undo--add (nth 2 note) edit))
           ;; Below the boundary, so that typing that goes on is still undone as one.
           (if (car buffer-undo-list)
               (push note buffer-undo-list)
             (setcdr buffer-undo-list (cons note (cdr buffer-undo-list))))))))))

(defun meta-log-undo--find (holder list)
  "Return the cell of the note with HOLDER in LIST, or nil."
  (while (and (consp list) (not (and (eq (car-safe (car list)) 'apply) (eq (nth 2 (car list)) holder))))
    (setq list (cdr list)))
  (and (consp list) list))

(defun meta-log-undo--pass (holder)
  "Undo has come to the note with HOLDER: carry its edits on."
  (when (cdr holder)
    (let ((cell (or (and (consp pending-undo-list) (meta-log-undo--find holder pending-undo-list))
                    (meta-log-undo--find holder buffer-undo-list)
                    (user-error "Undo would have to pass an edit of somebody else, but this list is a copy")))
          (edits (cdr holder)))
      (setcdr holder nil)
      (meta-log-undo--carry (cdr cell) edits))))

(defun meta-log-undo-settle ()
  "Carry the edits of all notes to the end of the list.
Undo in a region needs that: it does not take the entries in their order."
  (let ((cell (and (consp buffer-undo-list) buffer-undo-list)))
    (while (consp cell)
      (pcase (car cell)
        (`(apply meta-log-undo--pass ,holder) (meta-log-undo--pass holder)))
      (setq cell (cdr cell)))))

(defun meta-log-undo-before-command ()
  "Settle the list before an undo in a region."
  (when (and (symbolp this-command)
             (string-search "undo" (symbol-name this-command))
             (or (use-region-p) current-prefix-arg))
    (meta-log-undo-settle)))

(provide 'meta-log-undo)
;;; meta-log-undo.el ends here
