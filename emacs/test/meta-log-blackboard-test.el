;;; meta-log-blackboard-test.el --- The blackboard as an Org file  -*- lexical-binding: t; -*-

;; SPDX-License-Identifier: Apache-2.0

;;; Code:

(require 'ert)
(require 'meta-log-real)
(require 'meta-log-blackboard)

(defmacro meta-log-blackboard-test-with (&rest body)
  "Run BODY with a sidecar and a blackboard file of its own."
  (declare (indent 0) (debug t))
  `(meta-log-real-with
     (let ((meta-log-federation--blackboard-file nil)
           (file (expand-file-name "meta-log/board.org" user-emacs-directory)))
       (meta-log-peer-sync-demo-init)
       ,@body)))

(defun meta-log-blackboard-test--text (file)
  "Return what FILE holds."
  (with-temp-buffer (insert-file-contents file) (buffer-string)))

(defun meta-log-blackboard-test--change (file function)
  "Have FUNCTION change the text of FILE."
  (with-temp-buffer
    (insert-file-contents file)
    (goto-char (point-min))
    (funcall function)
    (write-region nil nil file nil 'silent)))

(defun meta-log-blackboard-test--node (id)
  "Return the node ID of the blackboard."
  (cl-find id (plist-get (meta-log-federation-get-blackboard-state) :nodes)
           :key (lambda (node) (plist-get node :node-id)) :test #'equal))

(defun meta-log-blackboard-test--count (regexp file)
  "Return how often REGEXP matches in FILE."
  (with-temp-buffer (insert-file-contents file) (how-many regexp (point-min) (point-max))))

(ert-deftest meta-log-blackboard-is-shown-as-an-org-file ()
  (meta-log-blackboard-test-with
    (let ((own (meta-log-federation-save-peer-to-blackboard)) (id "θ → node #1"))
      (should (equal own (meta-log-identity-get-peer-id (meta-log-identity-get-current-peer))))
      (should (equal file (meta-log-federation-create-blackboard file)))
      (should-error (meta-log-federation-create-blackboard file) :type 'meta-log-error)
      (should (equal id (meta-log-federation-save-node-to-blackboard id "bafy1" "0xab" own)))
      (let ((text (meta-log-blackboard-test--text file)))
        (dolist (line (list "* Federation Blackboard" ":FEDERATION_VERSION: 1.0" "** Peers" "** CanvasL State"
                            (concat "*** Peer: " own) (concat ":PEER_ID: " own) ":PEER_STATUS: active"
                            (concat "*** Node: " id) (concat ":NODE_ID: " id) ":CANVASL_CID: bafy1"
                            ":CANVASL_SIGNATURE: 0xab" (concat ":PEER_OWNER: " own)))
          (should (member line (split-string text "\n"))))
        (should (string-match-p "^:LAST_SYNC: .+Z$" text))
        (should (string-match-p "^:BLACKBOARD_ID: .+$" text)))
      ;; Drawn once more, only its time differs, and nothing is there twice.
      (meta-log-federation-merge-state nil)
      (should (= 1 (meta-log-blackboard-test--count (concat "^\\*\\*\\* Node: " (regexp-quote id) "$") file)))
      (should (equal "bafy1" (plist-get (meta-log-blackboard-test--node id) :cid))))))

(ert-deftest meta-log-blackboard-keeps-what-a-person-wrote ()
  (meta-log-blackboard-test-with
    (meta-log-federation-create-blackboard file)
    (meta-log-federation-save-node-to-blackboard "one" "c1" "s1" "o1")
    (meta-log-blackboard-test--change
     file (lambda ()
            (goto-char (point-max))
            (insert "My own line.\n\n* Another heading\nwith text\n")
            (goto-char (point-min))
            (search-forward ":CANVASL_CID: ")
            (delete-region (point) (line-end-position))
            (insert "changed")
            (search-forward ":END:")
            (beginning-of-line)
            (insert ":MY_OWN: property\n")))
    (meta-log-federation-load-blackboard file)
    (should (equal "changed" (plist-get (meta-log-blackboard-test--node "one") :cid)))
    (meta-log-federation-save-node-to-blackboard "two" "c2" "s2" "o2")
    (let ((text (meta-log-blackboard-test--text file)))
      (dolist (kept '("My own line." "* Another heading" "with text" ":MY_OWN: property" "*** Node: two"))
        (should (member kept (split-string text "\n")))))
    ;; What is gone from the blackboard goes, unless a person has added to it.
    (dolist (name '("one" "two"))
      (meta-log-sidecar-call 'meta-log/blackboardDelete (list :namespace "canvas" :name name)))
    (meta-log-federation-merge-state nil)
    (should (= 1 (meta-log-blackboard-test--count "^\\*\\*\\* Node: one$" file)))
    (should (= 0 (meta-log-blackboard-test--count "^\\*\\*\\* Node: two$" file)))
    ;; And it does not come back by loading what was drawn before.
    (meta-log-federation-load-blackboard file)
    (should-not (meta-log-blackboard-test--node "one"))))

(ert-deftest meta-log-blackboard-takes-a-file-of-others ()
  (meta-log-blackboard-test-with
    (make-directory (file-name-directory file) t)
    (write-region (concat "* Federation Blackboard\n:PROPERTIES:\n:FEDERATION_VERSION: 1.0\n:BLACKBOARD_ID: fb-1\n"
                          ":LAST_SYNC: 2026-01-02T00:00:00Z\n:END:\n\n** Peers\n*** Peer: peer-alice\n:PROPERTIES:\n"
                          ":PEER_ID: peer-alice\n:PEER_PUBLIC_KEY: 0x04aa\n:PEER_ADDRESS: 0xaa\n:PEER_STATUS: active\n"
                          ":LAST_SEEN: 2026-01-01T00:00:00Z\n:END:\n\n** CanvasL State\n")
                  nil file nil 'silent)
    (let* ((state (meta-log-federation-load-blackboard file))
           (alice (cl-find "peer-alice" (plist-get state :peers)
                           :key (lambda (peer) (plist-get peer :peer-id)) :test #'equal)))
      (should (equal '("0x04aa" "0xaa" "active" "2026-01-01T00:00:00Z")
                     (mapcar (lambda (key) (plist-get alice key)) '(:public-key :address :status :last-seen))))
      (should (equal file meta-log-federation--blackboard-file))
      (should (= 0 (meta-log-federation-merge-state state)))
      (should (= 1 (meta-log-federation-merge-state
                    '(:nodes ((:node-id "n" :cid "c" :signature "s" :owner "o" :last-modified "2026-01-01T00:00:00Z")))))))))

(ert-deftest meta-log-blackboard-tells-that-nobody-answered ()
  (meta-log-blackboard-test-with
    (should-not (file-exists-p file))
    (let ((meta-log-federation--heard '("a")) said)
      (cl-letf (((symbol-function 'message) (lambda (format &rest arguments) (push (apply #'format format arguments) said))))
        (should-not (meta-log-federation-sync-blackboard))
        (should (string-match-p "Nobody" (car said)))
        (should (string-match-p "1 peer was heard of since" (car said)))
        (should-error (meta-log-federation-sync-blackboard "nobody") :type 'meta-log-error)))))

(provide 'meta-log-blackboard-test)
;;; meta-log-blackboard-test.el ends here
