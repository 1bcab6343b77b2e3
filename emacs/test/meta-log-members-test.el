;;; meta-log-members-test.el --- Invitations, and who belongs to a workspace  -*- lexical-binding: t; -*-

;; SPDX-License-Identifier: Apache-2.0

;;; Code:

(require 'ert)
(require 'meta-log-fake)
(require 'meta-log-real)
(require 'meta-log-members)

(defconst meta-log-members-test--golden
  (expand-file-name "../../protocol/src/main/resources/golden/editor"
                    (file-name-directory (or load-file-name buffer-file-name))))

(defun meta-log-members-test--golden (name)
  "Return the golden message NAME."
  (with-temp-buffer
    (insert-file-contents (expand-file-name (concat name ".json") meta-log-members-test--golden))
    (json-parse-buffer :object-type 'plist :null-object nil :false-object :json-false)))

(defun meta-log-members-test--pairs (plist)
  "Return PLIST in an order that does not depend on its own."
  (sort (cl-loop for (key value) on plist by #'cddr collect (cons key value))
        (lambda (one other) (string< (car one) (car other)))))

(defun meta-log-members-test--params (method)
  "Return the parameters of the last request for METHOD, without a `:uri'."
  (let ((params (copy-sequence (plist-get (cl-find method meta-log-fake--log :test #'equal
                                                   :key (lambda (message) (plist-get message :method)))
                                          :params))))
    (cl-remf params :uri)
    (meta-log-members-test--pairs params)))

(defun meta-log-members-test--should-be-golden (name)
  "Check that the last request NAME has the golden parameters."
  (let* ((golden (meta-log-members-test--golden (concat name ".request"))) (params (plist-get golden :params)))
    (cl-remf params :uri)
    (should (equal (meta-log-members-test--pairs params)
                   (meta-log-members-test--params (plist-get golden :method))))))

(defun meta-log-members-test--count (method)
  "Return how many requests for METHOD came."
  (cl-count method meta-log-fake--log :test #'equal :key (lambda (message) (plist-get message :method))))

(defun meta-log-members-test--members ()
  "Return the golden workspace, in which Cleo is a member beside Ada and Ben asks."
  (let* ((result (plist-get (meta-log-members-test--golden "members.result") :result))
         (workspace (aref (plist-get result :workspaces) 0))
         (cleo `( :peerId ,(concat "peer-" (make-string 40 ?c)) :name "Cleo" :device "cleo" :fingerprint "cccc-cccc"
                  :role "write" :self :json-false)))
    (plist-put workspace :members (vconcat (plist-get workspace :members) (list cleo)))
    result))

(defmacro meta-log-members-test--with (&rest body)
  "Run BODY in a document with a fresh fake sidecar that knows members."
  (declare (indent 0) (debug t))
  `(let ((meta-log-members--told nil) (meta-log-members--to-ask nil) (meta-log-members--timer nil)
         (meta-log-member-name "Ada")
         (meta-log-fake-results
          (append
           (mapcar (lambda (name)
                     (let ((result (plist-get (meta-log-members-test--golden (concat name ".result")) :result)))
                       (cons (concat "meta-log/" name) (lambda (_) result))))
                   '("invite" "memberAnswer" "memberRole" "memberRemove" "memberLeave"))
           (list (cons "meta-log/members" (lambda (_) (meta-log-members-test--members)))))))
     (meta-log-fake-with-text "text\n"
       (save-window-excursion ,@body))))

(defmacro meta-log-members-test--saying (&rest body)
  "Run BODY and return what was said to the person meanwhile, newest first."
  (declare (indent 0) (debug t))
  `(let (said)
     (cl-letf (((symbol-function 'message)
                (lambda (format &rest arguments) (when format (push (apply #'format format arguments) said)))))
       ,@body)
     said))

(ert-deftest meta-log-members-invite-by-code-and-by-link ()
  (meta-log-members-test--with
    (let ((said (meta-log-members-test--saying (should (equal "204817-lucky-harbor" (meta-log-invite t))))))
      (meta-log-members-test--should-be-golden "invite")
      (should (string-match-p "\\`204817-lucky-harbor (for one person, until 2026-1[12]-" (car said))))
    (should (equal "204817-lucky-harbor" (current-kill 0 t)))
    (meta-log-invite nil "read")
    (should (equal '((:kind . "link") (:name . "Ada") (:role . "read"))
                   (meta-log-members-test--params "meta-log/invite")))))

(ert-deftest meta-log-members-have-a-name-that-sidecars-take ()
  (let ((meta-log-member-name "  Ada\u0301 "))
    (should (equal "Ad\u00e1" (meta-log-members-own-name))))
  (let ((meta-log-member-name (make-string 100 ?x)))
    (should (= 64 (length (meta-log-members-own-name)))))
  (let ((meta-log-member-name nil) (user-full-name "Ada Lovelace"))
    (should (equal "Ada Lovelace" (meta-log-members-own-name))))
  (let ((meta-log-member-name nil) (user-full-name ""))
    (should (equal (user-login-name) (meta-log-members-own-name)))))

(ert-deftest meta-log-members-are-told-of-once-and-asked-about-only-in-a-pause ()
  (meta-log-members-test--with
    (let* ((asks (plist-get (meta-log-members-test--golden "memberAsks.notification") :params))
           (noninteractive nil)
           (prompts nil)
           (answer "later")
           (said (meta-log-members-test--saying
                   (dotimes (_ 3) (meta-log-fake-notify "meta-log/memberAsks" asks))
                   (meta-log-fake-wait (lambda () meta-log-members--to-ask) 'heard)
                   (meta-log-sidecar-call 'meta-log/members nil))))
      (should (equal '("meta-log: Ben (ab2c-d3ef-gh4i-jk5l-mn6o) asks to be let in, to write.  M-x meta-log-members-answer")
                     said))
      (should (= 1 (length meta-log-members--to-ask)))
      (cl-letf (((symbol-function 'completing-read) (lambda (prompt &rest _) (push prompt prompts) answer)))
        (cl-letf (((symbol-function 'minibuffer-depth) (lambda () 1)))
          (meta-log-members--ask-now))
        (let ((executing-kbd-macro [?x])) (meta-log-members--ask-now))
        (should-not prompts)
        (should meta-log-members--timer)
        (meta-log-members--ask-now)
        (should (equal 1 (length prompts)))
        (should (string-search "Ben (ab2c-d3ef-gh4i-jk5l-mn6o)" (car prompts)))
        (should-not meta-log-members--timer)
        (should (= 0 (meta-log-members-test--count "meta-log/memberAnswer")))
        ;; Nothing is asked by itself again; the command does.
        (meta-log-members--ask-now)
        (should (equal 1 (length prompts)))
        (setq answer "approve")
        (call-interactively #'meta-log-members-answer)
        (meta-log-members-test--should-be-golden "memberAnswer")
        (setq answer "read")
        (call-interactively #'meta-log-members-answer)
        (should (equal '((:approve . t) (:request . "ask-1c") (:role . "read"))
                       (meta-log-members-test--params "meta-log/memberAnswer")))
        (setq answer "reject")
        (call-interactively #'meta-log-members-answer)
        (should (equal '((:approve . :json-false) (:request . "ask-1c"))
                       (meta-log-members-test--params "meta-log/memberAnswer")))))))

(ert-deftest meta-log-members-quitting-leaves-them-waiting ()
  (meta-log-members-test--with
    (let ((asks (plist-get (meta-log-members-test--golden "memberAsks.notification") :params)) (noninteractive nil))
      (meta-log-members-hear asks)
      (cl-letf (((symbol-function 'completing-read) (lambda (&rest _) (signal 'quit nil))))
        (meta-log-members--ask-now))
      (should-not meta-log-members--timer)
      (should (= 0 (meta-log-members-test--count "meta-log/memberAnswer"))))))

(ert-deftest meta-log-members-remembers-so-many-requests ()
  (meta-log-members-test--with
    (meta-log-members-test--saying
      (dotimes (i 300) (meta-log-members-hear (list :workspace "w" :request (format "ask-%d" i) :fingerprint "f"))))
    (should (= meta-log-members--most-told (length meta-log-members--told)))
    (should (equal "ask-299" (cadar meta-log-members--told)))
    ;; The next sidecar has other requests, maybe by the same names.
    (meta-log-sidecar-stop)
    (should-not meta-log-members--told)))

(defun meta-log-members-test--key (key line)
  "Press KEY where the list says LINE."
  (with-current-buffer meta-log-members--buffer
    (goto-char (point-min))
    (search-forward line)
    (let ((command (lookup-key meta-log-members-mode-map key))) (call-interactively command))))

(ert-deftest meta-log-members-are-listed-and-decided-on-by-keys ()
  (meta-log-members-test--with
    (let* ((workspace (plist-get (aref (plist-get (meta-log-members-test--members) :workspaces) 0) :workspace))
           (cleo (concat "peer-" (make-string 40 ?c)))
           (current-prefix-arg nil))
      (meta-log-members)
      (should (derived-mode-p 'meta-log-members-mode))
      (should (string-match-p "Ben +write +ab2c-d3ef-gh4i-jk5l-mn6o +peer-2b5ad5[0-9a-f]+ +asks +plan.canvasl\n.*Ada +owner .* you .*\n.*Mallory .* two histories .*\n.*Cleo .* member "
                              (buffer-substring-no-properties (point-min) (point-max))))
      (meta-log-members-test--key "a" "Ben")
      (meta-log-members-test--should-be-golden "memberAnswer")
      (meta-log-members-test--key "x" "Ben")
      (should (equal '((:approve . :json-false) (:request . "ask-1c"))
                     (meta-log-members-test--params "meta-log/memberAnswer")))
      (cl-letf (((symbol-function 'completing-read) (lambda (&rest _) "read")))
        (meta-log-members-test--key "r" "Cleo"))
      (should (equal `((:peerId . ,cleo) (:role . "read") (:workspace . ,workspace))
                     (meta-log-members-test--params "meta-log/memberRole")))
      (cl-letf (((symbol-function 'yes-or-no-p) #'ignore))
        (should-error (meta-log-members-test--key "d" "Cleo") :type 'user-error)
        (should-error (meta-log-members-test--key "l" "Cleo") :type 'user-error))
      (cl-letf (((symbol-function 'yes-or-no-p) (lambda (_) t)))
        (meta-log-members-test--key "d" "Cleo")
        (should (equal `((:peerId . ,cleo) (:workspace . ,workspace))
                       (meta-log-members-test--params "meta-log/memberRemove")))
        (meta-log-members-test--key "l" "Cleo")
        (meta-log-members-test--should-be-golden "memberLeave")))))

(ert-deftest meta-log-members-what-they-have-is-opened-by-its-name ()
  (meta-log-members-test--with
    (should (equal '(("notes/later.txt" . "nj2w45djmrpxg33sorxw63lfmu")) (meta-log-members--offered)))
    (let (joined)
      (cl-letf (((symbol-function 'meta-log-join) (lambda (invitation &rest _) (setq joined invitation))))
        (meta-log-open-offered "notes/later.txt")
        (should (equal "nj2w45djmrpxg33sorxw63lfmu" joined))
        (should-error (meta-log-open-offered "other.txt") :type 'user-error)))))

(ert-deftest meta-log-members-programs-name-no-workspace ()
  (meta-log-members-test--with
    (let ((ben (plist-get (plist-get (meta-log-members-test--golden "memberRemove.request") :params) :peerId)))
      (should (equal "peer-2b5ad5c4 may read from now on." (meta-log-members-set-role ben "read")))
      (meta-log-members-test--should-be-golden "memberRole")
      (should (string-prefix-p "peer-2b5ad5c4 is out." (meta-log-members-remove ben)))
      (meta-log-members-test--should-be-golden "memberRemove"))))

(defun meta-log-members-test--tell-status (&rest more)
  "Tell how the document stands, with the keys and values MORE."
  (let ((before (meta-log-document-status (meta-log-document-here))))
    (meta-log-fake-notify "meta-log/documentStatus"
                          (append (list :uri (meta-log-fake-uri) :documentId "d" :path "plan.canvasl" :state "in-sync"
                                        :unsent 0 :peers 1)
                                  more))
    (meta-log-fake-wait (lambda () (not (eq before (meta-log-document-status (meta-log-document-here))))) 'status)))

(ert-deftest meta-log-members-who-may-only-read-cannot-type ()
  (meta-log-members-test--with
    (meta-log-members-test--tell-status :readOnly t)
    (should buffer-read-only)
    (should (equal "in sync, read only" (meta-log-document-summary (meta-log-document-here))))
    (should-error (call-interactively #'newline) :type 'buffer-read-only)
    (meta-log-members-test--tell-status :readOnly t :explanation "again")
    (should buffer-read-only)
    (meta-log-members-test--tell-status)
    (should-not buffer-read-only)
    ;; What the person made read-only stays so.
    (setq buffer-read-only t)
    (meta-log-members-test--tell-status :readOnly t)
    (meta-log-members-test--tell-status)
    (should buffer-read-only)
    (setq buffer-read-only nil)
    (meta-log-members-test--tell-status :readOnly t)
    (should buffer-read-only)
    (meta-log-members-leave "k3w2wr6azala2muo5er6jtjbie")
    (should-not buffer-read-only)
    (should (equal "text\n" (buffer-string)))))

(ert-deftest meta-log-members-leaving-ends-the-mode-of-its-documents ()
  (meta-log-members-test--with
    (meta-log-fake-notify "meta-log/documentStatus"
                          (list :uri (meta-log-fake-uri) :documentId "d" :path "plan.canvasl" :state "in-sync" :unsent 0
                                :peers 1))
    (meta-log-fake-wait (lambda () (meta-log-document-status (meta-log-document-here))) 'status)
    (meta-log-members-leave "k3w2wr6azala2muo5er6jtjbie")
    (should-not meta-log-mode)
    (should (equal "text\n" (buffer-string)))))

(ert-deftest meta-log-members-join-tells-the-name-and-can-be-cancelled ()
  (meta-log-members-test--with
    (let ((meta-log--joining nil))
      (setf (alist-get "meta-log/join" meta-log-fake-results nil nil #'equal)
            (lambda (_) (error "Not let in")))
      (should-error (meta-log-join "204817-lucky-harbor") :type 'meta-log-error)
      (should (equal '((:invitation . "204817-lucky-harbor") (:name . "Ada"))
                     (meta-log-members-test--params "meta-log/join")))
      (should-error (meta-log-join "metalog2-abc") :type 'meta-log-error)
      (should (assq :name (meta-log-members-test--params "meta-log/join")))
      (should-error (meta-log-join "metalog1-abc") :type 'meta-log-error)
      (should-not (assq :name (meta-log-members-test--params "meta-log/join")))
      (should-error (meta-log-join-cancel) :type 'user-error)
      ;; The owner does not answer: no reply to this request.
      (cl-letf (((symbol-function 'meta-log-fake--send) #'ignore))
        (funcall-interactively #'meta-log-join "204817-lucky-harbor")
        (should (= 1 (length meta-log--joining)))
        (meta-log-fake-wait (lambda () (= 4 (meta-log-members-test--count "meta-log/join"))) 'asked)
        (meta-log-join-cancel)
        (meta-log-fake-wait (lambda () (= 1 (meta-log-members-test--count "$/cancelRequest"))) 'cancelled))
      (should (equal (plist-get (cl-find "meta-log/join" meta-log-fake--log :test #'equal
                                         :key (lambda (message) (plist-get message :method)))
                                :id)
                     (alist-get :id (meta-log-members-test--params "$/cancelRequest"))))
      (should-not meta-log--joining))))

(ert-deftest meta-log-members-invitations-on-the-kill-ring-are-known ()
  (dolist (text '("metalog1-abc" " metalog2-abc\n" "204817-lucky-harbor" "204817 lucky harbor"))
    (kill-new text)
    (should (equal (string-trim text) (meta-log--invitation-at-hand))))
  (dolist (text '("words" "204817" "204817-lucky-harbor and more"))
    (kill-new text)
    (should-not (meta-log--invitation-at-hand))))

(provide 'meta-log-members-test)
;;; meta-log-members-test.el ends here
