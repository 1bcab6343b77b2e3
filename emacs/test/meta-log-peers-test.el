;;; meta-log-peers-test.el --- The list of peers, and blocks  -*- lexical-binding: t; -*-

;; SPDX-License-Identifier: Apache-2.0

;;; Code:

(require 'ert)
(require 'meta-log-fake)
(require 'meta-log-real)
(require 'meta-log-peers)

(defconst meta-log-peers-test--ada (concat "peer-" (make-string 40 ?a)))
(defconst meta-log-peers-test--ben (concat "peer-" (make-string 40 ?b)))

(defun meta-log-peers-test--peer (id status)
  "Return what a sidecar tells of the peer ID that is STATUS."
  (let ((dealings '( :lastHeard "2026-11-20T09:30:00.123Z"
                     :exchanges (:asked 8 :answered 7 :unanswered 1 :successRate 0.875)
                     :traffic (:bundlesIn 4 :bytesIn 3000 :bundlesOut 1 :bytesOut 90)
                     :failure (:at "2026-11-19T17:02:11Z" :why "It did not answer."))))
    `( :peerId ,id :status ,status :dropped 0 ,@dealings
       :relations [(:documentId "x" :path "notes/plan.canvasl" ,@dealings) (:documentId "y" ,@dealings)])))

(defun meta-log-peers-test--call (function)
  "Call FUNCTION with a sidecar that has two peers, and blocks by request."
  (let* ((blocked nil)
         (peer (lambda (id) (meta-log-peers-test--peer id (if (member id blocked) "blocked" "active"))))
         (meta-log-fake-results
          `(("meta-log/peerList" . ,(lambda (_) (list :peers (vector (funcall peer meta-log-peers-test--ada)
                                                                     (funcall peer meta-log-peers-test--ben))
                                                     :separations (vector (list :first meta-log-peers-test--ada
                                                                                :second meta-log-peers-test--ben
                                                                                :through [])))))
            ("meta-log/peerShow" . ,(lambda (params) (funcall peer (plist-get params :peerId))))
            ("meta-log/peerBlock" . ,(lambda (params)
                                       (push (plist-get params :peerId) blocked)
                                       (list :peer (funcall peer (plist-get params :peerId)) :explanation "what follows")))
            ("meta-log/peerUnblock" . ,(lambda (params)
                                         (setq blocked (delete (plist-get params :peerId) blocked))
                                         (list :peer (funcall peer (plist-get params :peerId)) :explanation "heard again"))))))
    (meta-log-fake-call (lambda () (save-window-excursion (funcall function))))))

(defun meta-log-peers-test--status (id)
  "Return the status that the list shows of the peer ID."
  (with-current-buffer meta-log-peers--buffer
    (substring-no-properties (aref (cadr (assoc id tabulated-list-entries)) 1))))

(ert-deftest meta-log-peers-are-listed-blocked-and-unblocked-by-keys ()
  (meta-log-peers-test--call
   (lambda ()
     (meta-log-peers)
     (should (derived-mode-p 'meta-log-peers-mode))
     (goto-char (point-min))
     (should (search-forward "peer-aaaaaaaa | peer-bbbbbbbb"))
     (should (search-forward "do not hear each other; what they write passes through nobody that is known"))
     (goto-char (point-min))
     (search-forward meta-log-peers-test--ben)
     (should (string-match-p "active.*7 of 8.*notes/plan.canvasl, y (not shared any more)"
                             (buffer-substring (line-beginning-position) (line-end-position))))
     (let (said)
       (cl-letf (((symbol-function 'message) (lambda (format &rest arguments) (push (apply #'format format arguments) said))))
         (call-interactively (lookup-key meta-log-peers-mode-map "b"))
         (should (member "meta-log: what follows" said))))
     (meta-log-fake-wait (lambda () (equal "blocked" (meta-log-peers-test--status meta-log-peers-test--ben))) 'blocked)
     (should (equal "active" (meta-log-peers-test--status meta-log-peers-test--ada)))
     (should (equal meta-log-peers-test--ben (tabulated-list-get-id)))
     (call-interactively (lookup-key meta-log-peers-mode-map "u"))
     (meta-log-fake-wait (lambda () (equal "active" (meta-log-peers-test--status meta-log-peers-test--ben))) 'unblocked)
     (call-interactively (lookup-key meta-log-peers-mode-map (kbd "RET")))
     (with-current-buffer "*meta-log peer*"
       (should (string-match-p "answered +7 of 8" (buffer-string)))
       (should (string-match-p "It did not answer" (buffer-string)))))))

(ert-deftest meta-log-peers-follow-what-the-sidecar-tells ()
  (meta-log-peers-test--call
   (lambda ()
     (meta-log-peers)
     (setf (alist-get "meta-log/peerList" meta-log-fake-results nil nil #'equal)
           (lambda (_) (list :peers (vector (meta-log-peers-test--peer meta-log-peers-test--ada "inactive")))))
     (meta-log-fake-notify "meta-log/peerStatus" (list :peerId meta-log-peers-test--ada :status "inactive"))
     (meta-log-fake-wait (lambda () (equal "inactive" (meta-log-peers-test--status meta-log-peers-test--ada))) 'inactive)
     (should (= 1 (with-current-buffer meta-log-peers--buffer (length tabulated-list-entries))))
     (kill-buffer meta-log-peers--buffer)
     ;; Nothing is asked while nobody looks.
     (let ((asked (length meta-log-fake--log)))
       (meta-log-fake-notify "meta-log/peerStatus" (list :peerId meta-log-peers-test--ada :status "active"))
       (meta-log-sidecar-call 'meta-log/peerShow (list :peerId meta-log-peers-test--ada))
       (should (= (1+ asked) (length meta-log-fake--log)))))))

(ert-deftest meta-log-peers-block-outlives-the-sidecar ()
  (meta-log-real-with
    (should-not (meta-log-peers-all))
    (should (equal "blocked" (plist-get (meta-log-peers-block meta-log-peers-test--ben) :status)))
    (should-error (meta-log-peers-block "ben") :type 'meta-log-error)
    (should-error (meta-log-peers-unblock meta-log-peers-test--ada) :type 'meta-log-error)
    (signal-process (meta-log-sidecar-process) 'KILL)
    (meta-log-real-wait (lambda () (not (meta-log-sidecar-ready-p))) 'killed)
    (let ((peers (meta-log-peers-all)))
      (should (= 1 (length peers)))
      (should (equal meta-log-peers-test--ben (plist-get (car peers) :peerId)))
      (should (equal "blocked" (plist-get (car peers) :status))))
    (should (equal "inactive" (plist-get (meta-log-peers-unblock meta-log-peers-test--ben) :status)))))

(provide 'meta-log-peers-test)
;;; meta-log-peers-test.el ends here
