;;; meta-log-presence-test.el --- Where others are, and where you are  -*- lexical-binding: t; -*-

;; SPDX-License-Identifier: Apache-2.0

;;; Code:

(require 'ert)
(require 'meta-log-fake)
(require 'meta-log-presence)

(defconst meta-log-presence-test--ada (concat "peer-" (make-string 40 ?a)))
(defconst meta-log-presence-test--ben (concat "peer-" (make-string 40 ?b)))

(defun meta-log-presence-test--person (id name colour &rest spans)
  "Return what a sidecar tells of the person ID called NAME in COLOUR at SPANS, ((ANCHOR . HEAD)...)."
  (let ((text (cdr (meta-log-fake-mirror))))
    `( :peerId ,id ,@(and name (list :name name)) :focused t :idle :json-false :colour ,colour
       :selections ,(vconcat (mapcar (lambda (span)
                                       (list :anchor (meta-log-fake-position text (car span))
                                             :head (meta-log-fake-position text (cdr span))))
                                     spans)))))

(defun meta-log-presence-test--tell (people &optional version)
  "Tell the package of PEOPLE in this buffer's document at VERSION, and wait until it heard."
  (meta-log-fake-notify "meta-log/presenceChanged"
                        (list :uri (meta-log-fake-uri) :version (or version (car (meta-log-fake-mirror)))
                              :people (vconcat people)))
  ;; Messages are heard in their order, and the answer to this one comes after that one was acted on.
  (meta-log-fake-request "window/workDoneProgress/create" '(:token "t")))

(defun meta-log-presence-test--shown ()
  "Return what is shown in this buffer: ((FROM TO NAME KIND)...), by place."
  (save-restriction
    (widen)
    (sort (cl-loop for overlay in (overlays-in (point-min) (point-max))
                   for person = (overlay-get overlay 'meta-log-presence)
                   when person
                   collect (list (overlay-start overlay) (overlay-end overlay) (meta-log-presence-name person)
                                 (if (= 60 (overlay-get overlay 'priority)) 'caret 'selection)))
          (lambda (a b) (< (car a) (car b))))))

(defun meta-log-presence-test--live ()
  "Make this buffer's document live."
  (meta-log-fake-notify "meta-log/documentStatus" (list :uri (meta-log-fake-uri) :state "in-sync" :unsent 0 :peers 1))
  (meta-log-fake-wait (lambda () (meta-log-document-live-p (meta-log-document-here))) 'live))

(defun meta-log-presence-test--reports ()
  "Return what was told of where you are, oldest first."
  (cl-loop for message in (reverse meta-log-fake--log)
           when (equal "meta-log/presence" (plist-get message :method))
           collect (plist-get message :params)))

(defun meta-log-presence-test--heads ()
  "Return the offsets in what was told of where you are."
  (mapcar (lambda (report)
            (let ((span (and (plist-get report :selections) (aref (plist-get report :selections) 0))))
              (and span (plist-get (plist-get span :head) :character))))
          (meta-log-presence-test--reports)))

(defun meta-log-presence-test--command ()
  "Do what follows on a command."
  (let ((this-command 'forward-char)) (run-hooks 'post-command-hook)))

(defmacro meta-log-presence-test--in-front (text &rest body)
  "Run BODY in a live document with TEXT that the selected window shows."
  (declare (indent 1) (debug t))
  `(meta-log-fake-with-text ,text
     (save-window-excursion
       (switch-to-buffer (current-buffer))
       (goto-char (point-min))
       (meta-log-presence-test--live)
       (meta-log-fake-wait #'meta-log-presence-test--reports 'first)
       ,@body)))

(ert-deftest meta-log-presence-shows-carets-and-selections ()
  (meta-log-fake-with-text "one two\nthree\n"
    (meta-log-presence-test--tell
     (list (meta-log-presence-test--person meta-log-presence-test--ada "Ada" 1 '(4 . 4))
           (meta-log-presence-test--person meta-log-presence-test--ben nil 2 '(8 . 13))))
    (should (equal (meta-log-presence-test--shown)
                   '((5 6 "Ada" caret) (9 14 "peer-bbbbbbbb" selection) (14 14 "peer-bbbbbbbb" caret))))
    (should (equal "2 here" (substring-no-properties (meta-log-presence-summary (meta-log-document-here)))))
    (should (string-match-p "2 here" (meta-log--lighter)))
    (meta-log-presence-test--tell nil)
    (should-not (meta-log-presence-test--shown))
    (should-not (meta-log-presence-summary (meta-log-document-here)))))

(ert-deftest meta-log-presence-markers-move-like-the-carets-of-others ()
  (meta-log-fake-with-text "one two\n"
    (meta-log-presence-test--tell
     (list (meta-log-presence-test--person meta-log-presence-test--ada "Ada" 1 '(4 . 4))
           (meta-log-presence-test--person meta-log-presence-test--ben "Ben" 2 '(7 . 7))))
    (goto-char 5) (insert "X")
    (goto-char 9) (insert "Y")
    (should (equal "one XtwoY\n" (buffer-string)))
    (should (equal (meta-log-presence-test--shown) '((6 7 "Ada" caret) (10 10 "Ben" caret))))
    (meta-log-fake-settle)
    (meta-log-presence-test--tell
     (list (meta-log-presence-test--person meta-log-presence-test--ada "Ada" 1 '(4 . 8))))
    (goto-char 9) (insert "!")
    (goto-char 5) (insert "!")
    (should (equal '(6 10) (cl-subseq (assoc 6 (meta-log-presence-test--shown)) 0 2)))))

(ert-deftest meta-log-presence-drops-what-is-told-of-another-text ()
  (meta-log-fake-with-text "one two\n"
    (let ((version (car (meta-log-fake-mirror)))
          (ada (meta-log-presence-test--person meta-log-presence-test--ada "Ada" 1 '(4 . 4))))
      (insert "more ")
      (meta-log-presence-test--tell (list ada) version)
      (should-not (meta-log-presence-test--shown))
      (meta-log-fake-settle)
      (meta-log-presence-test--tell (list ada))
      (should (meta-log-presence-test--shown))
      ;; That nobody is here holds for every text.
      (insert "more ")
      (meta-log-presence-test--tell nil version)
      (should-not (meta-log-presence-test--shown)))))

(ert-deftest meta-log-presence-survives-odd-places-and-crowds ()
  (meta-log-fake-with-text "one\n"
    (meta-log-presence-test--tell
     `((:peerId ,meta-log-presence-test--ada :colour 99 :focused t :idle t
                :selections [(:anchor (:line 7 :character 0) :head (:line 0 :character 1))])
       ,@(cl-loop repeat 300
                  collect (meta-log-presence-test--person meta-log-presence-test--ben "Ben" 3 '(0 . 0)))))
    (should (= meta-log-presence--most (length (meta-log-presence-test--shown))))))

(ert-deftest meta-log-presence-is-shown-in-narrowed-and-indirect-buffers ()
  (meta-log-fake-with-text "one two\nthree\n"
    (let ((indirect (make-indirect-buffer (current-buffer) (generate-new-buffer-name "indirect"))))
      (unwind-protect
          (progn
            (narrow-to-region 9 14)
            (meta-log-presence-test--tell
             (list (meta-log-presence-test--person meta-log-presence-test--ada "Ada" 1 '(4 . 4))))
            (should (equal '((5 6 "Ada" caret)) (meta-log-presence-test--shown)))
            (should (equal '((5 6 "Ada" caret)) (with-current-buffer indirect (meta-log-presence-test--shown))))
            (should (equal (cons 9 14) (cons (point-min) (point-max)))))
        (kill-buffer indirect)))))

(ert-deftest meta-log-presence-goes-with-the-mode-and-with-the-sidecar ()
  (meta-log-fake-with-text "one two\n"
    (let ((tell (lambda ()
                  (meta-log-presence-test--tell
                   (list (meta-log-presence-test--person meta-log-presence-test--ada "Ada" 1 '(4 . 4)))))))
      (funcall tell)
      (should (meta-log-presence-test--shown))
      (run-hooks 'meta-log-sidecar-down-hook)
      (should-not (meta-log-presence-test--shown))
      (meta-log-document--tell-open (meta-log-document-here))
      (meta-log-fake-settle)
      (funcall tell)
      (should (meta-log-presence-test--shown))
      (meta-log-mode -1)
      (should-not (meta-log-presence-test--shown))
      (should-not meta-log-presence--overlays)
      (should-not meta-log-presence--people)
      (should-not (memq #'meta-log-presence--after-command post-command-hook))
      (should-not meta-log-presence--timer))))

(ert-deftest meta-log-presence-tells-where-you-are-when-others-cannot-know ()
  (meta-log-presence-test--in-front "one two\n"
    (should (equal '(0) (meta-log-presence-test--heads)))
    (goto-char 4)
    (meta-log-presence-test--command)
    (meta-log-fake-wait (lambda () (equal '(0 3) (meta-log-presence-test--heads))) 'moved)
    ;; Typing moves the caret that others see.
    (insert "XY")
    (meta-log-presence-test--command)
    (meta-log-fake-settle)
    (sit-for 0.1)
    (should (equal '(0 3) (meta-log-presence-test--heads)))
    (push-mark 1 t t)
    (let ((transient-mark-mode t)) (meta-log-presence-test--command) (sit-for 0.1))
    (meta-log-fake-wait (lambda () (= 3 (length (meta-log-presence-test--heads)))) 'region)
    (let ((span (aref (plist-get (car (last (meta-log-presence-test--reports))) :selections) 0)))
      (should (equal '(0 5) (list (plist-get (plist-get span :anchor) :character)
                                  (plist-get (plist-get span :head) :character)))))))

(ert-deftest meta-log-presence-tells-that-a-caret-stayed-before-what-others-inserted ()
  (meta-log-presence-test--in-front "one two\n"
    (goto-char 4)
    (meta-log-presence-test--command)
    (meta-log-fake-wait (lambda () (equal 3 (car (last (meta-log-presence-test--heads))))) 'moved)
    (should (meta-log-fake-edit-at '((3 3 "!!"))))
    (should (= 4 (point)))
    (meta-log-fake-wait (lambda () (equal '(3 3) (last (meta-log-presence-test--heads) 2))) 'again)))

(ert-deftest meta-log-presence-tells-that-you-look-elsewhere-and-nothing-when-switched-off ()
  (meta-log-presence-test--in-front "one two\n"
    (let ((document (current-buffer)))
      (with-temp-buffer
        (switch-to-buffer (current-buffer))
        (meta-log-presence-test--command)
        (with-current-buffer document
          (meta-log-fake-wait (lambda () (eq :json-false (plist-get (car (last (meta-log-presence-test--reports))) :focused)))
                              'elsewhere)))
      (switch-to-buffer document)
      (meta-log-presence-test--command)
      (meta-log-fake-wait (lambda () (eq t (plist-get (car (last (meta-log-presence-test--reports))) :focused))) 'back)
      (let ((meta-log-presence-send nil))
        (meta-log-presence-test--command)
        (meta-log-presence--look)
        (meta-log-fake-wait (lambda () (null (plist-get (car (last (meta-log-presence-test--reports))) :selections))) 'gone)
        (let ((told (length (meta-log-presence-test--reports))))
          (goto-char 5)
          (meta-log-presence-test--command)
          (meta-log-presence--look)
          (meta-log-fake-settle)
          (should (= told (length (meta-log-presence-test--reports)))))))))

(ert-deftest meta-log-presence-follows-until-a-key ()
  (meta-log-presence-test--in-front "one two\nthree\n"
    (cl-flet ((at (offset) (meta-log-presence-test--tell
                            (list (meta-log-presence-test--person meta-log-presence-test--ada "Ada" 1 (cons offset offset))))))
      (at 4)
      (let ((this-command 'meta-log-follow))
        (call-interactively #'meta-log-follow)
        (run-hooks 'post-command-hook))
      (should (= 5 (point)))
      (at 9)
      (should (= 10 (point)))
      (meta-log-presence-test--command)
      (at 2)
      (should (= 10 (point))))))

(ert-deftest meta-log-presence-lists-who-is-here ()
  (meta-log-presence-test--in-front "one two\nthree\n"
    (meta-log-presence-test--tell
     (list (meta-log-presence-test--person meta-log-presence-test--ada "Ada" 1 '(9 . 9))))
    (meta-log-who)
    (goto-char (point-min))
    (should (looking-at-p " Ada +document.canvasl +2 "))
    (meta-log-who-visit)
    (should (equal "document.canvasl" (buffer-name)))
    (should (= 10 (point)))))

(ert-deftest meta-log-presence-colours-can-be-read ()
  (cl-flet ((brightness (colour)
              (cl-loop for at in '(1 3 5) for part = (string-to-number (substring colour at (+ 2 at)) 16) for share in '(0.2126 0.7152 0.0722)
                       for linear = (let ((c (/ part 255.0)))
                                      (if (<= c 0.03928) (/ c 12.92) (expt (/ (+ c 0.055) 1.055) 2.4)))
                       sum (* share linear))))
    (cl-flet ((contrast (a b)
                (let ((a (brightness a)) (b (brightness b)))
                  (/ (+ 0.05 (max a b)) (+ 0.05 (min a b))))))
      (dotimes (colour 8)
        (pcase-let ((`(,caret ,text ,light ,dark)
                     (cl-loop for i from (* 4 colour) repeat 4 collect (aref meta-log-presence--colours i))))
          (should (> (contrast caret (if (equal text "black") "#000000" "#ffffff")) 4.5))
          (should (> (contrast light "#000000") 7))
          (should (> (contrast dark "#ffffff") 7)))))))

(provide 'meta-log-presence-test)
;;; meta-log-presence-test.el ends here
