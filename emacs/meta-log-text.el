;;; meta-log-text.el --- Buffer positions as the sidecar counts them  -*- lexical-binding: t; -*-

;; SPDX-License-Identifier: Apache-2.0

;;; Commentary:

;; The sidecar and its editors name a place in a text by a line and a column, as LSP does.  A line ends with "\n",
;; "\r\n" or "\r" and with nothing else; a column counts units of the encoding that was agreed on at the start: UTF-32
;; (which is how Emacs counts), UTF-16 or UTF-8.  Everything here looks at the current buffer, which must be widened.
;;
;; Most buffers hold no carriage return at all, and then Emacs's own notion of a line is the same and fast.  So every
;; function takes CR, which tells whether the buffer may hold one.

;;; Code:

(require 'cl-lib)
(require 'subr-x)

(defconst meta-log-text--not-unicode "[^\0-\uD7FF\uE000-\U0010FFFF]"
  "Matches what a buffer may hold and UTF-8 cannot: raw bytes, lone surrogates.")

(defun meta-log-text-units (string encoding)
  "Return how many units of ENCODING the STRING has."
  (pcase encoding
    ('utf-32 (length string))
    ('utf-8 (string-bytes string))
    (_ (let ((units (length string)))
         (unless (= units (string-bytes string))
           (let ((start 0))
             (while (string-match "[\U00010000-\U0010FFFF]" string start)
               (setq units (1+ units) start (match-end 0)))))
         units))))

(defun meta-log-text-last-line (string)
  "Return (BREAKS . START) of STRING.
BREAKS is the number of its line ends, START the index where its last line
starts."
  (let ((breaks 0) (start 0) (from 0) at)
    (if (string-search "\r" string)
        (while (string-match "\r\n\\|[\r\n]" string from)
          (setq breaks (1+ breaks) from (match-end 0) start from))
      (while (setq at (string-search "\n" string from))
        (setq breaks (1+ breaks) from (1+ at) start from)))
    (cons breaks start)))

(defun meta-log-text-line-start (pos cr)
  "Return where the line that holds POS starts; CR as in the commentary."
  (save-excursion
    (goto-char pos)
    (if cr
        (progn
          ;; Between "\r" and "\n" is not a place of its own.
          (when (and (eq (char-before) ?\r) (eq (char-after) ?\n)) (backward-char))
          (skip-chars-backward "^\r\n"))
      (forward-line 0))
    (point)))

(defun meta-log-text-line (pos cr)
  "Return the number of line ends before POS; CR as in the commentary."
  (if (not cr)
      (1- (line-number-at-pos pos t))
    (save-excursion
      (goto-char (point-min))
      (let ((lines 0))
        (while (re-search-forward "\r\n\\|[\r\n]" pos t)
          (setq lines (1+ lines)))
        lines))))

(defun meta-log-text-column (start pos encoding)
  "Return how many units of ENCODING lie between START and POS."
  (pcase encoding
    ('utf-32 (- pos start))
    ('utf-8 (- (position-bytes pos) (position-bytes start)))
    (_ (if (= (- pos start) (- (position-bytes pos) (position-bytes start)))
           (- pos start)
         (meta-log-text-units (buffer-substring-no-properties start pos) encoding)))))

(defun meta-log-text-position (pos encoding cr)
  "Return POS as (LINE . COLUMN) in units of ENCODING; CR as in the commentary."
  (cons (meta-log-text-line pos cr)
        (meta-log-text-column (meta-log-text-line-start pos cr) pos encoding)))

(defun meta-log-text--goto-line (line cr)
  "Go to the start of LINE and return it, or return nil when there is none.
CR is as in the commentary."
  (goto-char (point-min))
  (cond ((= line 0) (point))
        (cr (and (re-search-forward "\r\n\\|[\r\n]" nil t line) (point)))
        ;; At the end of a buffer without a final newline `forward-line' pretends to have reached another line.
        ((and (= 0 (forward-line line)) (bolp)) (point))))

(defun meta-log-text--skip-units (start end column encoding)
  "Return the place COLUMN units of ENCODING after START, or nil.
It is nil when END comes before, or when the place lies inside a character."
  (pcase encoding
    ('utf-32 (and (<= column (- end start)) (+ start column)))
    ('utf-8 (let* ((byte (+ (position-bytes start) column))
                   (pos (and (<= byte (position-bytes end)) (byte-to-position byte))))
              (and pos (= byte (position-bytes pos)) pos)))
    (_ (let ((pos start) (units 0))
         (if (= (- end start) (- (position-bytes end) (position-bytes start)))
             (and (<= column (- end start)) (+ start column))
           (while (and (< units column) (< pos end))
             (setq units (+ units (if (> (char-after pos) #xFFFF) 2 1)) pos (1+ pos)))
           (and (= units column) pos))))))

(defun meta-log-text-point (line column encoding cr)
  "Return the place at LINE and COLUMN, or nil when the buffer has no such place.
ENCODING and CR are as in the commentary."
  (save-excursion
    (and (natnump line) (natnump column)
         (when-let ((start (meta-log-text--goto-line line cr)))
           (if cr (skip-chars-forward "^\r\n") (end-of-line))
           (meta-log-text--skip-units start (point) column encoding)))))

(defun meta-log-text-clean (string)
  "Return STRING with U+FFFD for every character that UTF-8 cannot hold."
  (if (string-match-p meta-log-text--not-unicode string)
      (replace-regexp-in-string meta-log-text--not-unicode "\uFFFD" string t t)
    string))

(defun meta-log-text-find-unclean ()
  "Return the first place whose character UTF-8 cannot hold, or nil."
  (save-excursion
    (goto-char (point-min))
    (and (re-search-forward meta-log-text--not-unicode nil t) (match-beginning 0))))

(defun meta-log-text-normalize (string)
  "Return STRING with \"\\n\" for every line end."
  (if (string-search "\r" string)
      (replace-regexp-in-string "\r\n?" "\n" string t t)
    string))

(defun meta-log-text-common (old new)
  "Return (PREFIX . SUFFIX): how much OLD and NEW share at both ends.
The two do not overlap."
  (let ((shorter (min (length old) (length new))))
    (if (= 0 shorter)
        (cons 0 0)
      (let* ((first (compare-strings old nil nil new nil nil))
             (prefix (if (eq first t) shorter (1- (abs first))))
             (rest (- shorter prefix))
             (last (compare-strings (reverse (substring old (- (length old) rest))) nil nil
                                    (reverse (substring new (- (length new) rest))) nil nil)))
        (cons prefix (if (eq last t) rest (1- (abs last))))))))

(provide 'meta-log-text)
;;; meta-log-text.el ends here
