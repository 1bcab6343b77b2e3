;;; meta-log-undo-test.el --- Undo takes back one's own edits only  -*- lexical-binding: t; -*-

;; SPDX-License-Identifier: Apache-2.0

;;; Code:

(require 'meta-log-fake)
(require 'meta-log-document-test)

(defun meta-log-undo-test--undo (&optional again)
  "Undo once, or once more if AGAIN."
  (undo-boundary)
  (setq this-command 'undo)
  (let ((last-command (and again 'undo)) (inhibit-message t))
    (condition-case err
        (undo)
      (user-error (should (string-search "No further undo information" (error-message-string err))))))
  (run-hooks 'post-command-hook))

(ert-deftest meta-log-undo-the-two-person-script ()
  (meta-log-fake-with-text "text\n"
    (goto-char (point-min))
    (insert "ONE ")
    (undo-boundary)
    (should (meta-log-fake-edit-at '((4 4 "TWO"))))
    (should (equal "ONE TWOtext\n" (buffer-string)))
    (meta-log-undo-test--undo)
    (should (equal "TWOtext\n" (meta-log-fake-settle)))
    (let ((last-command nil) (inhibit-message t)) (undo-boundary) (undo-redo 1))
    (should (equal "ONE TWOtext\n" (meta-log-fake-settle)))))

(ert-deftest meta-log-undo-at-the-place-where-the-text-is-now ()
  (meta-log-fake-with-text "alpha beta gamma\n"
    (undo-boundary)
    (delete-region 7 12)
    (undo-boundary)
    (should (meta-log-fake-edit-at '((0 0 "many words before ") (11 11 "!"))))
    (should (equal "many words before alpha gamma!\n" (meta-log-fake-settle)))
    (meta-log-undo-test--undo)
    (should (equal "many words before alpha beta gamma!\n" (meta-log-fake-settle)))))

(ert-deftest meta-log-undo-leaves-what-others-wrote-inside ()
  (meta-log-fake-with-text "[]\n"
    (goto-char 2)
    (insert "abcdef")
    (undo-boundary)
    (should (meta-log-fake-edit-at '((4 4 "XYZ"))))
    (should (equal "[abcXYZdef]\n" (meta-log-fake-settle)))
    (meta-log-undo-test--undo)
    (should (equal "[XYZ]\n" (meta-log-fake-settle)))))

(ert-deftest meta-log-undo-under-way-goes-on-after-an-edit ()
  (meta-log-fake-with-text "\n"
    (dolist (word '("one " "two " "three "))
      (goto-char (1- (point-max)))
      (insert word)
      (undo-boundary))
    (meta-log-undo-test--undo)
    (should (equal "one two \n" (meta-log-fake-settle)))
    (should (meta-log-fake-edit-at '((0 0 "## ") (4 4 "++"))))
    (should (equal "## one ++two \n" (meta-log-fake-settle)))
    (meta-log-undo-test--undo t)
    (should (equal "## one ++\n" (meta-log-fake-settle)))
    (meta-log-undo-test--undo t)
    (should (equal "## ++\n" (meta-log-fake-settle)))))

(ert-deftest meta-log-undo-of-a-saved-text-does-not-call-the-buffer-unmodified ()
  (meta-log-fake-with-text "text\n"
    (insert "x")
    (undo-boundary)
    (should (meta-log-fake-edit-at '((5 5 "!"))))
    (meta-log-undo-test--undo)
    (should (equal "text!\n" (meta-log-fake-settle)))
    (should (buffer-modified-p))))

(ert-deftest meta-log-undo-drops-what-it-cannot-move ()
  (meta-log-fake-with-text "text\n"
    (insert "early ")
    (undo-boundary)
    (push '(apply 0 1 5 ignore 1 5) buffer-undo-list)
    (should (meta-log-fake-edit-at '((0 0 "> "))))
    (meta-log-undo-test--undo)
    (should (equal "> early text\n" (meta-log-fake-settle)))
    (meta-log-undo-test--undo t)
    (should (equal "> early text\n" (meta-log-fake-settle)))))

(ert-deftest meta-log-undo-is-one-step-for-typing-that-edits-interrupt ()
  (meta-log-fake-with-text "\n"
    (goto-char (point-min))
    (dolist (char (append "typed" nil))
      (setq this-command 'self-insert-command)
      (let ((last-command-event char)) (self-insert-command 1))
      (undo-auto--add-boundary)
      (setq last-command this-command)
      (should (meta-log-fake-edit-at '((0 0 ">")))))
    (should (equal ">>>>>typed\n" (meta-log-fake-settle)))
    (setq last-command nil)
    (meta-log-undo-test--undo)
    (should (equal ">>>>>\n" (meta-log-fake-settle)))))

(ert-deftest meta-log-undo-in-a-region ()
  (meta-log-fake-with-text "one two three\n"
    (transient-mark-mode 1)
    (goto-char 5) (insert "A") (undo-boundary)
    (goto-char (1- (point-max))) (insert "B") (undo-boundary)
    (should (meta-log-fake-edit-at '((0 0 "> ") (5 5 "--"))))
    (should (equal "> one A--two threeB\n" (meta-log-fake-settle)))
    (goto-char 5) (push-mark 12 t t)
    (let ((this-command 'undo)) (run-hooks 'pre-command-hook))
    ;; The first step only moves point: Emacs recorded where it was, and that place is in the region.
    (meta-log-undo-test--undo)
    (meta-log-undo-test--undo t)
    (should (equal "> one --two threeB\n" (meta-log-fake-settle)))))

(ert-deftest meta-log-undo-does-not-slow-edits-down ()
  "The work for one edit does not depend on how much there is to undo."
  (with-temp-buffer
    (buffer-enable-undo)
    (let ((undo-limit 100000000) (undo-strong-limit 1000000000) (undo-outer-limit nil) (entries 0))
      (dotimes (_ 4000) (insert "x") (undo-boundary) (goto-char (point-min)))
      (cl-letf* ((carry (symbol-function 'meta-log-undo--carry-one))
                 ((symbol-function 'meta-log-undo--carry-one)
                  (lambda (list edit) (setq entries (+ entries (length list))) (funcall carry list edit))))
        (dotimes (_ 500)
          (let ((buffer-undo-list t)) (goto-char (point-max)) (insert "y") (goto-char (point-min)))
          (meta-log-undo-record `((insert ,(1- (point-max)) . 1)))
          (insert "x")
          (undo-boundary)))
      (should (= 0 entries)))))

(defun meta-log-undo-test--without (text letters)
  "Return TEXT without LETTERS."
  (apply #'string (cl-remove-if (lambda (char) (seq-contains-p letters char)) (append text nil))))

(defun meta-log-undo-test--letters (letters)
  "Return a short random text of LETTERS."
  (apply #'string (cl-loop repeat (1+ (meta-log-document-test--random 4))
                           collect (meta-log-document-test--pick letters))))

(ert-deftest meta-log-undo-random ()
  "One person writes letters and deletes anything, the other writes digits and deletes anything.
After the first has undone everything, no letter is left, no digit is lost, and every mark of the text they started
with that the other did not delete is there, once."
  (let* ((seed (meta-log-document-test--seed)) (meta-log-document-test--state seed) (letters "abc") (digits "123"))
    (ert-info ((format "META_LOG_SEED=%d" seed))
      (dotimes (_ 20)
        (meta-log-fake-with-text "([{<-*/=+.,;:!?>}])"
          (let ((undo-limit 10000000) (gone ""))
            (setq buffer-undo-list nil)
            (dotimes (_ 30)
              (if (= 0 (meta-log-document-test--random 2))
                  (progn
                    (undo-boundary)
                    (goto-char (meta-log-document-test--place))
                    (pcase (meta-log-document-test--random 4)
                      ((or 0 1) (insert (meta-log-undo-test--letters letters)))
                      (2 (delete-region (point) (min (point-max) (+ (point) (meta-log-document-test--random 5)))))
                      (3 (let ((end (min (point-max) (+ (point) (meta-log-document-test--random 5)))))
                           (combine-change-calls (point) end
                             (delete-region (point) end)
                             (insert (meta-log-undo-test--letters letters))))))
                    (when (= 0 (meta-log-document-test--random 6)) (meta-log-undo-test--undo)))
                (let* ((from (meta-log-document-test--random (1+ (buffer-size))))
                       (to (min (buffer-size) (+ from (meta-log-document-test--random 3)))))
                  (setq gone (concat gone (substring (buffer-string) from to)))
                  (should (meta-log-fake-edit-at (list (list from to (meta-log-undo-test--letters digits))))))))
            (let ((present (buffer-string)) (steps 0))
              ;; Digits that the first person deletes come back, so count what the other has put in and not taken out.
              (meta-log-undo-test--undo)
              (while (and (listp pending-undo-list) pending-undo-list (< (cl-incf steps) 400))
                (meta-log-undo-test--undo t))
              (ert-info ((format "%S -> %S, deleted by the other %S" present (buffer-string) gone))
                (should (equal (buffer-string) (meta-log-fake-settle)))
                (should-not (string-match-p "[abc]" (buffer-string)))
                (seq-doseq (digit digits)
                  (should (>= (cl-count digit (buffer-string)) (cl-count digit present))))
                (seq-doseq (mark "([{<-*/=+.,;:!?>}])")
                  (let ((times (cl-count mark (buffer-string))))
                    ;; What both had deleted, and the first took back in between, may be there or not.
                    (should (or (= times 1) (and (= times 0) (seq-contains-p gone mark))))))))))))))

(provide 'meta-log-undo-test)
;;; meta-log-undo-test.el ends here
