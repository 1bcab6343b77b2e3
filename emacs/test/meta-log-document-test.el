;;; meta-log-document-test.el --- Changes go out, edits come in  -*- lexical-binding: t; -*-

;; SPDX-License-Identifier: Apache-2.0

;;; Code:

(require 'meta-log-fake)

(ert-deftest meta-log-document-opens-with-its-text ()
  (meta-log-fake-with-text "hello\nworld\n"
    (should (equal "hello\nworld\n" (meta-log-fake-settle)))))

(ert-deftest meta-log-document-tells-what-is-typed ()
  (meta-log-fake-with-text "hello\nworld\n"
    (goto-char (point-max))
    (insert "more")
    (delete-region 1 3)
    (should (equal "llo\nworld\nmore" (meta-log-fake-settle)))))

(ert-deftest meta-log-document-applies-an-edit ()
  (meta-log-fake-with-text "hello\nworld\n"
    (goto-char 8)
    (should (meta-log-fake-edit-at '((0 1 "J") (6 6 "my "))))
    (should (equal "Jello\nmy world\n" (buffer-string)))
    (should (equal "Jello\nmy world\n" (meta-log-fake-settle)))
    (should (looking-at "orld"))))

(provide 'meta-log-document-test)
;;; meta-log-document-test.el ends here
