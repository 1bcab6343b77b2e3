;;; meta-log-transcript-test.el --- The conversations every client must pass  -*- lexical-binding: t; -*-

;; SPDX-License-Identifier: Apache-2.0

;;; Commentary:

;; Plays editor-clients/transcripts/*.json; their README.md tells what the steps mean.

;;; Code:

(require 'meta-log-fake)
(require 'meta-log-driver)

(defvar meta-log-transcript--folder
  (expand-file-name "../../editor-clients/transcripts" (file-name-directory (or load-file-name buffer-file-name))))

(defun meta-log-transcript--bytes (text eol bom)
  "Return the bytes of TEXT with EOL, and a mark if BOM."
  (concat (if (eq bom t) "\xef\xbb\xbf" "")
          (encode-coding-string (if (equal eol "crlf") (string-replace "\n" "\r\n" text) text) 'utf-8-unix)))

(defun meta-log-transcript--normal (text)
  "Return TEXT as comparisons see it."
  (string-replace "\r" "\n" (string-replace "\r\n" "\n" text)))

(defun meta-log-transcript--position (pair)
  "Return PAIR, a vector, as a position."
  (list :line (aref pair 0) :character (aref pair 1)))

(defun meta-log-transcript--play (transcript encoding)
  "Play TRANSCRIPT in ENCODING."
  (let ((meta-log-fake-encoding encoding) (marks nil) (buffer nil) (uri nil) (file nil))
    (meta-log-fake-with
      (meta-log-sidecar-ensure)
      (setq file (expand-file-name "document.canvasl"))
      (seq-doseq (step (plist-get transcript :steps))
        (pcase (plist-get step :do)
          ("open"
           (let ((coding-system-for-write 'no-conversion))
             (write-region (meta-log-transcript--bytes (plist-get step :text) (plist-get step :eol) (plist-get step :bom))
                           nil file nil 'quiet))
           (setq buffer (meta-log-document-visit file))
           (with-current-buffer buffer
             (meta-log-mode 1)
             (setq uri (meta-log-fake-uri))
             (should (equal (meta-log-transcript--normal (plist-get step :text))
                            (meta-log-transcript--normal (meta-log-fake-settle))))))
          ("type"
           (with-current-buffer buffer
             (seq-doseq (change (plist-get step :changes))
               (meta-log-driver--replace (plist-get change :at) (plist-get change :length) (plist-get change :text)))
             (run-hooks 'post-command-hook)))
          ("mark"
           (with-current-buffer buffer
             (meta-log-fake-settle)
             (push (cons (plist-get step :name) (car (meta-log-fake-mirror))) marks)))
          ("edit"
           (let* ((other (equal "other" (plist-get step :document)))
                  (current (or (car (meta-log-fake-mirror uri)) 1))
                  (version (pcase (plist-get step :version)
                             ("current" (if (buffer-live-p buffer)
                                            (with-current-buffer buffer (meta-log-fake-settle)
                                                                 (car (meta-log-fake-mirror)))
                                          current))
                             ("future" (+ 1000 current))
                             (name (cdr (assoc name marks)))))
                  (before (and (buffer-live-p buffer) (with-current-buffer buffer (buffer-string))))
                  (applied (meta-log-fake-edit
                            (if other (meta-log-sidecar-uri (expand-file-name "other.canvasl")) uri) version
                            (mapcar (lambda (edit)
                                      (list (meta-log-transcript--position (aref (plist-get edit :range) 0))
                                            (meta-log-transcript--position (aref (plist-get edit :range) 1))
                                            (plist-get edit :newText)))
                                    (plist-get step :edits)))))
             (should (eq applied (eq t (plist-get step :applied))))
             (unless (or applied (not before))
               (should (equal before (with-current-buffer buffer (buffer-string)))))
             (when other (should-not (file-exists-p (expand-file-name "other.canvasl"))))))
          ("told"
           (with-current-buffer buffer
             (meta-log-fake-settle)
             (meta-log-fake-notify
              "meta-log/presenceChanged"
              (list :uri uri
                    :version (pcase (plist-get step :version)
                               ("current" (car (meta-log-fake-mirror)))
                               (name (cdr (assoc name marks))))
                    :people (vconcat (seq-map-indexed
                                      (lambda (person index)
                                        (let ((place (meta-log-transcript--position (plist-get person :at))))
                                          (list :peerId (format "peer-%040d" index) :name (plist-get person :name)
                                                :selections (vector (list :anchor place :head place))
                                                :focused t :idle :json-false :colour index)))
                                      (plist-get step :people)))))))
          ("sees"
           (with-current-buffer buffer
             (meta-log-fake-wait
              (lambda ()
                (equal (append (plist-get step :at) nil)
                       (sort (mapcar (lambda (person)
                                       (meta-log-driver--offset (overlay-start (car (plist-get person :carets)))))
                                     (meta-log-presence-people (meta-log-document-here)))
                             #'<)))
              'others)))
          ("status"
           (with-current-buffer buffer
             (let ((read-only (eq t (plist-get step :readOnly))))
               (meta-log-fake-notify "meta-log/documentStatus"
                                     (append (list :uri uri :documentId "id" :path "document.canvasl" :state "in-sync"
                                                   :unsent 0 :peers 1)
                                             (and read-only '(:readOnly t))))
               (meta-log-fake-wait (lambda () (eq read-only buffer-read-only)) 'read-only))))
          ("refuses"
           (with-current-buffer buffer
             (let ((before (buffer-string)))
               (goto-char (point-max))
               (let ((last-command-event (aref (plist-get step :text) 0)))
                 (should-error (call-interactively #'self-insert-command) :type 'buffer-read-only))
               (should (equal before (buffer-string))))))
          ("shows"
           (with-current-buffer buffer
             (should (equal (plist-get step :text) (meta-log-transcript--normal (meta-log-fake-settle))))
             (should (equal (plist-get step :text) (meta-log-transcript--normal (buffer-string))))))
          ("save"
           (with-current-buffer buffer
             (set-buffer-modified-p t)
             (save-buffer)
             (meta-log-fake-wait (lambda () (cl-find "textDocument/didSave" meta-log-fake--log
                                                     :key (lambda (message) (plist-get message :method))
                                                     :test #'equal)))))
          ("file"
           (should (equal (meta-log-transcript--bytes (plist-get step :text) (plist-get step :eol) (plist-get step :bom))
                          (with-temp-buffer
                            (set-buffer-multibyte nil)
                            (insert-file-contents-literally file)
                            (buffer-string)))))
          ("close"
           (with-current-buffer buffer
             (set-buffer-modified-p nil)
             (kill-buffer))
           (meta-log-fake-wait (lambda () (null (meta-log-fake-mirror uri)))))
          (step (error "Unknown step %S" step)))))))

(defmacro meta-log-transcript--define ()
  "Define a test for every transcript and every encoding it holds in."
  `(progn
     ,@(mapcan
        (lambda (file)
          (let* ((transcript (with-temp-buffer
                               (set-buffer-multibyte nil)
                               (insert-file-contents-literally file)
                               (meta-log-wire--parse (buffer-string))))
                 (encoding (plist-get transcript :encoding)))
            (mapcar (lambda (encoding)
                      `(ert-deftest ,(intern (format "meta-log-transcript-%s-in-%s" (file-name-base file) encoding)) ()
                         ,(plist-get transcript :why)
                         (meta-log-transcript--play ',transcript ',encoding)))
                    (if encoding (list (intern encoding)) '(utf-32 utf-16 utf-8)))))
        (directory-files meta-log-transcript--folder t "\\.json\\'"))))

(meta-log-transcript--define)

(provide 'meta-log-transcript-test)
;;; meta-log-transcript-test.el ends here
