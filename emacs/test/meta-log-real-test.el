;;; meta-log-real-test.el --- The package with the real sidecar  -*- lexical-binding: t; -*-

;; SPDX-License-Identifier: Apache-2.0

;;; Code:

(require 'meta-log-real)
(require 'meta-log-document-test)
(require 'meta-log-members)

(defmacro meta-log-real-test--message (form)
  "Return the message of the error that FORM signals."
  `(error-message-string (should-error ,form)))

;;; Identity, federation, messages

(ert-deftest meta-log-real-demo-init ()
  (meta-log-real-with
    (let* ((identity (meta-log-peer-sync-demo-init)) (process (meta-log-sidecar-process)))
      (should (meta-log-peer-identity-p identity))
      (should (eq identity meta-log-peer-sync-demo--identity))
      (should (string-match-p "\\`peer-[0-9a-f]\\{40\\}\\'" (meta-log-identity-get-peer-id identity)))
      (should (string-match-p "\\`0x04[0-9a-f]\\{128\\}\\'" (meta-log-identity-get-public-key identity)))
      (should (meta-log-peer-identity-created identity))
      (should meta-log-federation--initialized-p)
      (should (hash-table-p meta-log-federation--peers))
      (should (meta-log-mqtt-connection-connected-p meta-log-federation--mqtt-connection))
      ;; Twice is safe: the same sidecar, the same identity.
      (should (equal (meta-log-identity-get-peer-id identity)
                     (meta-log-identity-get-peer-id (meta-log-peer-sync-demo-init))))
      (should (eq process (meta-log-sidecar-process)))
      ;; It is the same after the sidecar was stopped, and not made again.
      (meta-log-sidecar-stop)
      (should-not (process-live-p process))
      (let ((again (meta-log-peer-sync-demo-init)))
        (should (equal (meta-log-identity-get-peer-id identity) (meta-log-identity-get-peer-id again)))
        (should-not (meta-log-peer-identity-created again))))))

(ert-deftest meta-log-real-peers-find-each-other-and-part ()
  (meta-log-real-with
    (let* (announced
           (meta-log-mqtt-peer-announced-hook
            (list (lambda (&rest _) (error "A failing function"))
                  (lambda (peer-id public-key address) (push (list peer-id public-key address) announced))))
           (own (meta-log-peer-sync-demo-init))
           (peer (meta-log-real-start-peer))
           (theirs (plist-get (meta-log-real-tell peer :op "identity") :identity))
           (peer-id (plist-get theirs :peerId)))
      (meta-log-real-tell peer :op "federate")
      (meta-log-real-tell peer :op "announce")
      (meta-log-real-wait (lambda () (gethash peer-id meta-log-federation--peers)) 'peer)
      (should (equal (list (list peer-id (plist-get theirs :publicKey) (plist-get theirs :address))) announced))
      (should (equal peer-id (plist-get (car (meta-log-peer-sync-demo-discover-peers)) :peer-id)))
      ;; They came later and see us all the same.
      (meta-log-real-wait
       (lambda () (cl-find (meta-log-identity-get-peer-id own) (plist-get (meta-log-real-tell peer :op "peers") :peers)
                           :key (lambda (peer) (plist-get peer :peerId)) :test #'equal))
       'late)
      (meta-log-real-tell peer :op "quit")
      (meta-log-real-wait (lambda () (not (gethash peer-id meta-log-federation--peers))) 'left))))

(ert-deftest meta-log-real-sign-and-verify ()
  (meta-log-real-with
    (let* ((identity (meta-log-identity-create-peer))
           (signature (meta-log-identity-sign-message identity "héllo \U0001F310")))
      (should (string-match-p "\\`0x[0-9a-f]\\{130\\}\\'" signature))
      (should (meta-log-identity-verify-peer identity signature "héllo \U0001F310"))
      (should-not (meta-log-identity-verify-peer identity signature "hello"))
      (should (meta-log-identity-verify-peer (list :peer-id (meta-log-identity-get-peer-id)) signature
                                             "héllo \U0001F310"))
      (should (string-search "cannot be chosen"
                             (meta-log-real-test--message (meta-log-identity-create-peer "peer-me"))))
      (let ((file (meta-log-identity-save-peer identity)))
        (should (file-in-directory-p file user-emacs-directory))
        (should (equal (meta-log-identity-get-public-key identity)
                       (meta-log-identity-get-public-key (meta-log-identity-load-peer file))))))))

(ert-deftest meta-log-real-messages-run-the-hook ()
  (meta-log-real-with
    (let* ((peer (meta-log-real-start-peer)) heard handled
           (meta-log-mqtt-message-received-hook
            (list (lambda (&rest _) (error "A failing function"))
                  (lambda (topic message) (push (cons topic message) heard))))
           (connection (meta-log-mqtt-connect)))
      (should (meta-log-mqtt-connection-connected-p connection))
      (meta-log-real-tell peer :op "federate")
      (should (meta-log-mqtt-subscribe connection "canvasl/test/+" (lambda (topic message)
                                                                     (push (list topic message) handled))))
      (meta-log-real-tell peer :op "publish" :topic "canvasl/test/one" :message "héllo")
      (meta-log-real-wait (lambda () handled) 'message)
      (should (equal '(("canvasl/test/one" "héllo")) handled))
      (should (member '("canvasl/test/one" . "héllo") heard))
      ;; The other way.
      (meta-log-real-tell peer :op "subscribe" :topic "canvasl/back")
      (should (meta-log-mqtt-publish connection "canvasl/back" "again" 1))
      (meta-log-real-wait (lambda () (cl-find "again" (meta-log-real-peer-events peer)
                                              :key (lambda (event) (plist-get event :message)) :test #'equal))
                          'back)
      ;; A subscription outlives the sidecar.
      (let ((process (meta-log-sidecar-process)))
        (signal-process process 'KILL)
        (meta-log-real-wait (lambda () (not (eq process (meta-log-sidecar-process)))) 'killed)
        (meta-log-sidecar-ensure)
        (meta-log-mqtt-connect)
        (meta-log-real-wait (lambda ()
                              ;; The broker went with our sidecar; theirs may still be looking for the new one.
                              (meta-log-real-result
                               peer (meta-log-real-send peer :op "publish" :topic "canvasl/test/two" :message "2"))
                              (accept-process-output nil 0.2)
                              (assoc "canvasl/test/two" handled))
                            'after 60))
      (meta-log-mqtt-unsubscribe connection "canvasl/test/+"))))

(ert-deftest meta-log-real-files-and-messages-of-peers ()
  (meta-log-real-with
    (let* ((peer (meta-log-real-start-peer)) messages files heard
           (meta-log-mqtt-peer-message-hook
            (list (lambda (&rest _) (error "A failing function"))
                  (lambda (from to payload signature) (push (list from to payload signature) messages))))
           (meta-log-file-received-hook (list (lambda (&rest all) (push all files))))
           (meta-log-mqtt-message-received-hook (list (lambda (topic message) (push (cons topic message) heard))))
           (own (meta-log-identity-get-peer-id (meta-log-peer-sync-demo-init)))
           (theirs (plist-get (plist-get (meta-log-real-tell peer :op "identity") :identity) :peerId)))
      (meta-log-real-tell peer :op "federate")
      (meta-log-real-tell peer :op "sendMessage" :peerId own :payload "{\"tea\": [\"☕\", 1.5, false]}")
      (meta-log-real-wait (lambda () messages) 'message)
      (should (equal (list theirs own '(:tea ["☕" 1.5 :json-false])) (butlast (car messages))))
      (should (string-match-p "\\`0x[0-9a-f]\\{130\\}\\'" (nth 3 (car messages))))
      (meta-log-real-tell peer :op "sendFile" :file "notes/plan.canvasl" :content "{\"id\": \"☕\"}\n")
      (meta-log-real-wait (lambda () files) 'file)
      (pcase-let ((`(,peer-id ,file ,place ,explanation) (car files)))
        (should (equal (list theirs "notes/plan.canvasl" nil) (list peer-id file explanation)))
        (should (string-suffix-p (concat "synced/" theirs "/notes/plan.canvasl") place))
        (with-temp-buffer
          (insert-file-contents place)
          (should (equal "{\"id\": \"☕\"}\n" (buffer-string)))))
      (let ((said (cl-some (lambda (each)
                             (meta-log-peer-sync-demo-handle-sync-message (car each) (cdr each)))
                           heard)))
        (should (equal theirs (plist-get said :peer-id)))
        (should (equal "{\"id\": \"☕\"}\n" (plist-get said :content))))
      (should-not (meta-log-peer-sync-demo-handle-sync-message "canvasl/rooms/x" "{}"))
      ;; The other way.
      (let ((file (expand-file-name "mine.canvasl" user-emacs-directory)))
        (write-region "saved\n" nil file nil 'silent)
        (with-current-buffer (find-file-noselect file)
          (insert "typed ")
          (should (meta-log-peer-sync-demo-sync-canvasl file))
          (set-buffer-modified-p nil)
          (kill-buffer)))
      (should (meta-log-mqtt-send-peer-message nil theirs '(:text "héllo")))
      (should (meta-log-send-message theirs "plain"))
      (let ((payloads (lambda () (mapcar (lambda (event) (plist-get event :payload)) (meta-log-real-peer-events peer)))))
        (meta-log-real-wait (lambda () (member "\"plain\"" (funcall payloads))) 'back)
        (should (member "{\"text\":\"héllo\"}" (funcall payloads)))
        ;; It is told once it is written.
        (meta-log-real-wait (lambda () (cl-find "mine.canvasl" (meta-log-real-peer-events peer)
                                                :key (lambda (event) (plist-get event :file)) :test #'equal))
                            'written))
      (should (string-search "is a name that editors" (meta-log-real-test--message (meta-log-send-file
                                                                                    (expand-file-name "mine.canvasl" user-emacs-directory)
                                                                                    ".envrc"))))
      (should (string-search "peer id" (meta-log-real-test--message (meta-log-send-message "ben" "x")))))))

(ert-deftest meta-log-real-errors-say-what-to-do ()
  (meta-log-real-with
    (let ((meta-log-command '("no-such-program-anywhere" "serve")))
      (should (string-match-p "no-such-program-anywhere.*meta-log-command"
                              (meta-log-real-test--message (meta-log-peer-sync-demo-init))))
      (should (eq 'stopped (meta-log-sidecar-state-now))))
    (let ((meta-log-command '("/bin/sh" "-c" "echo the disk is full >&2; exit 7")))
      (should (string-match-p "code 7.*the disk is full" (meta-log-real-test--message (meta-log-peer-sync-demo-init))))
      (should (eq 'stopped (meta-log-sidecar-state-now))))
    (should (string-match-p "127\\.0\\.0\\.1:1\\b"
                            (meta-log-real-test--message (meta-log-federation-init nil "mqtt://127.0.0.1:1"))))
    (should (eq 'ready (meta-log-sidecar-state-now)))
    (should (string-search "`meta-log-broker-user'"
                           (meta-log-real-test--message (meta-log-mqtt-connect nil nil "me" "secret"))))
    (should-error (meta-log-join "metalog1-nonsense") :type 'meta-log-error)
    (with-current-buffer (let ((default-directory (meta-log-real-folder "elsewhere")))
                           (find-file-noselect "outside.txt"))
      (should (string-search "outside of the workspace" (meta-log-real-test--message (meta-log-share)))))))

;;; Live text

(ert-deftest meta-log-real-share-join-and-edit-both-ways ()
  (meta-log-real-with
    (pcase-let ((`(,buffer . ,peer) (meta-log-real-pair "@version: 1\n{\"id\":\"a\"}\n")))
      (with-current-buffer buffer
        (should (string-prefix-p "metalog1-" (current-kill 0 t)))
        (should (equal (current-kill 0 t) (meta-log-share)))
        (goto-char (point-max))
        (insert "{\"id\":\"héllo \U0001F310\"}\n")
        (meta-log-real-tell peer :op "waitFor" :contains "héllo \U0001F310")
        (goto-char (point-min))
        (search-forward "version")
        (meta-log-real-tell peer :op "insert" :at 0 :text "# theirs\n")
        (meta-log-real-wait (lambda () (string-prefix-p "# theirs\n" (buffer-string))) 'theirs)
        (should (looking-at ": 1"))
        (should (equal "# theirs\n@version: 1\n{\"id\":\"a\"}\n{\"id\":\"héllo \U0001F310\"}\n"
                       (meta-log-real-converge buffer peer)))
        (should (equal "equal" (plist-get (meta-log-real-tell peer :op "check") :verdict)))
        (let ((status (meta-log-status)))
          (should (= 1 (length (plist-get status :documents)))))
        (should (string-search "ML[in sync]" (meta-log--lighter)))
        (meta-log-leave)
        (should-not meta-log-mode)
        (meta-log-real-tell peer :op "insert" :at 0 :text "not for us")
        (insert "not for them")
        (meta-log-real-tell peer :op "waitFor" :contains "not for us")
        (accept-process-output nil 0.2)
        (should-not (string-search "not for us" (buffer-string)))
        (should-not (string-search "not for them" (plist-get (meta-log-real-tell peer :op "text") :text)))))))

(ert-deftest meta-log-real-join-here ()
  (meta-log-real-with
    (let ((peer (meta-log-real-start-peer)))
      (meta-log-real-tell peer :op "open" :path "their.txt")
      (meta-log-real-tell peer :op "insert" :at 0 :text "from there\n")
      (meta-log-real-tell peer :op "federate")
      (meta-log-federation-init)
      (let* ((invitation (plist-get (meta-log-real-tell peer :op "share") :invitation))
             (joined (meta-log-join invitation))
             (buffer (get-file-buffer (meta-log-sidecar-file (plist-get joined :uri)))))
        (should (eq t (plist-get joined :arrived)))
        (meta-log-real-wait (lambda () (equal "from there\n" (meta-log-real-text buffer))) 'text)
        (should (equal "from there\n" (meta-log-real-converge buffer peer)))))))

(ert-deftest meta-log-real-invite-let-in-and-put-out ()
  (meta-log-real-with
    (let ((buffer (meta-log-real-visit "plan.txt" "begun\n")) (peer (meta-log-real-start-peer))
          (meta-log-members--told nil)
          (answer "later") (asked nil))
      (meta-log-real-tell peer :op "federate")
      (with-current-buffer buffer
        (meta-log-federation-init)
        (let* ((code (meta-log-invite t))
               (join (meta-log-real-send peer :op "join" :invitation code)))
          (should (string-match-p "\\`[0-9]\\{6\\}-[a-z]+-[a-z]+\\'" code))
          (meta-log-real-wait (lambda () meta-log-members--told) 'asks)
          (cl-letf (((symbol-function 'completing-read) (lambda (prompt &rest _) (setq asked prompt) answer)))
            (call-interactively #'meta-log-members-answer)
            (should (string-search "asks to be let in, to write" asked))
            (should-not (meta-log-real-peer-results peer))
            (setq answer "approve")
            (call-interactively #'meta-log-members-answer))
          (should (eq t (plist-get (meta-log-real-result peer join) :ok))))
        (meta-log-real-tell peer :op "waitFor" :text "begun\n")
        (meta-log-real-tell peer :op "insert" :at 0 :text "theirs\n")
        (goto-char (point-max))
        (insert "mine\n")
        (should (equal "theirs\nbegun\nmine\n" (meta-log-real-converge buffer peer)))
        (let* ((workspace (car (meta-log-members-all)))
               (other (seq-find (lambda (member) (not (eq t (plist-get member :self))))
                                (plist-get workspace :members))))
          (should (equal "owner" (plist-get workspace :role)))
          (should (= 2 (length (plist-get workspace :members))))
          (should (string-search "is out" (meta-log-members-remove (plist-get other :peerId)))))
        (should (= 1 (length (plist-get (car (meta-log-members-all)) :members))))
        (insert "only for me\n")
        (meta-log-real-tell peer :op "insert" :at 0 :text "counts nowhere\n")
        (accept-process-output nil 1)
        (should (equal "theirs\nbegun\nmine\nonly for me\n" (buffer-string)))
        (should (equal "counts nowhere\ntheirs\nbegun\nmine\n"
                       (plist-get (meta-log-real-tell peer :op "text") :text)))))))

(defun meta-log-real-test--protect (passphrase)
  "Protect the identity of this home with PASSPHRASE, as a person does on the command line."
  (let ((file (expand-file-name "passphrase" (meta-log-real-folder "secret")))
        (command (append (butlast (meta-log-real-command)) '("identity"))))
    (with-file-modes #o600 (write-region passphrase nil file nil 'silent))
    (dolist (arguments `(("new") ("passphrase" "--new-file" ,file)))
      (with-temp-buffer
        (unless (eql 0 (apply #'call-process (car command) nil t nil (append (cdr command) arguments)))
          (ert-fail (buffer-string)))))))

(ert-deftest meta-log-real-the-passphrase-comes-from-auth-source ()
  (meta-log-real-with
    (meta-log-real-test--protect "correct horse")
    (let* ((netrc (expand-file-name "authinfo" (meta-log-real-folder "secret")))
           (auth-sources (list netrc))
           (buffer (meta-log-real-visit "plan.txt" "begun\n")))
      (with-file-modes #o600
        (write-region "machine meta-log login identity password \"correct horse\"\n" nil netrc nil 'silent))
      (auth-source-forget-all-cached)
      (with-current-buffer buffer
        (meta-log-mode 1)
        (goto-char (point-max))
        ;; The sidecar may not be open yet; nobody has to wait for it to type.
        (insert "typed at once\n"))
      (meta-log-real-wait (lambda () (ignore-errors (meta-log-identity-get-peer-id (meta-log-identity-create-peer)))) 'open)
      (with-current-buffer buffer
        (should (string-prefix-p "metalog1-" (meta-log-share))))
      (should-not (string-search "correct horse" (with-current-buffer (meta-log-sidecar--stderr) (buffer-string)))))))

(ert-deftest meta-log-real-the-passphrase-is-asked-for-until-it-is-right ()
  (meta-log-real-with
    (meta-log-real-test--protect "correct horse")
    (let ((auth-sources nil)
          (noninteractive nil)
          (answers '("wrong" "correct horse"))
          (prompts nil))
      (auth-source-forget-all-cached)
      (cl-letf (((symbol-function 'read-passwd)
                 (lambda (prompt &rest _) (push prompt prompts) (copy-sequence (pop answers)))))
        (meta-log-sidecar-ensure)
        (meta-log-real-wait (lambda () (ignore-errors (meta-log-identity-create-peer))) 'open))
      (should-not answers)
      (should (equal 2 (length prompts)))
      (should (string-prefix-p "Wrong." (car prompts))))))

;; What is in such a file is done by Emacs or a shell as soon as somebody works beside it.
(ert-deftest meta-log-real-join-asks-about-names-that-programs-obey ()
  (meta-log-real-with
    (let ((peer (meta-log-real-start-peer))
          (asked nil)
          (answer nil))
      (meta-log-real-tell peer :op "open" :path ".envrc")
      (meta-log-real-tell peer :op "insert" :at 0 :text "echo from there\n")
      (meta-log-real-tell peer :op "federate")
      (meta-log-federation-init)
      (let ((invitation (plist-get (meta-log-real-tell peer :op "share") :invitation))
            (here (expand-file-name ".envrc" (meta-log-sidecar-workspace meta-log-sidecar--the))))
        (should-error (meta-log-join invitation) :type 'meta-log-error)
        (cl-letf (((symbol-function 'yes-or-no-p) (lambda (prompt) (setq asked prompt) answer)))
          (funcall-interactively #'meta-log-join invitation)
          (meta-log-real-wait (lambda () asked) 'asked)
          (should (string-search ".envrc" asked))
          (should-not (get-file-buffer here))
          (setq asked nil answer t)
          (funcall-interactively #'meta-log-join invitation)
          (meta-log-real-wait (lambda () (get-file-buffer here)) 'joined))
        (meta-log-real-wait (lambda () (equal "echo from there\n" (meta-log-real-text (get-file-buffer here)))) 'text)
        (should-not (file-exists-p here))))))

(ert-deftest meta-log-real-join-never-overwrites ()
  (meta-log-real-with
    (let ((peer (meta-log-real-start-peer)))
      (meta-log-real-tell peer :op "open" :path "same-name.txt")
      (meta-log-real-tell peer :op "insert" :at 0 :text "theirs\n")
      (meta-log-real-tell peer :op "federate")
      (meta-log-federation-init)
      (let ((invitation (plist-get (meta-log-real-tell peer :op "share") :invitation))
            (mine (meta-log-real-visit "mine.txt" "mine, and dear to me\n")))
        (should-error (meta-log-join invitation (buffer-file-name mine)) :type 'meta-log-error)
        (should (equal "mine, and dear to me\n" (meta-log-real-text mine)))
        (should (equal "mine, and dear to me\n"
                       (with-temp-buffer (insert-file-contents (buffer-file-name mine)) (buffer-string))))))))

(ert-deftest meta-log-real-undo-the-two-person-script ()
  (meta-log-real-with
    (pcase-let ((`(,buffer . ,peer) (meta-log-real-pair "text\n")))
      (with-current-buffer buffer
        (goto-char (point-min))
        (undo-boundary)
        (insert "ONE ")
        (undo-boundary)
        (meta-log-real-tell peer :op "waitFor" :text "ONE text\n")
        (meta-log-real-tell peer :op "insert" :at 4 :text "TWO")
        (meta-log-real-wait (lambda () (equal "ONE TWOtext\n" (buffer-string))) 'two)
        (let ((last-command nil)) (undo))
        (should (equal "TWOtext\n" (buffer-string)))
        (should (equal "TWOtext\n" (meta-log-real-converge buffer peer)))
        ;; And the other way: theirs goes, ours stays.
        (goto-char (point-max))
        (insert "ours\n")
        (meta-log-real-tell peer :op "waitFor" :text "TWOtext\nours\n")
        (meta-log-real-tell peer :op "undo")
        (should (equal "text\nours\n" (meta-log-real-converge buffer peer)))))))

(ert-deftest meta-log-real-random-edits-converge ()
  (let* ((seed (meta-log-document-test--seed)) (meta-log-document-test--state seed))
    (ert-info ((format "META_LOG_SEED=%d" seed))
      (meta-log-real-with
        (pcase-let ((`(,buffer . ,peer) (meta-log-real-pair "start\n")) (ids nil) (typed nil))
          (with-current-buffer buffer
            (dotimes (i 500)
              ;; Both write at the same time; nobody waits for the other.
              (let ((mark (format "<%d>" i)))
                (goto-char (meta-log-document-test--place))
                (insert mark)
                (push mark typed))
              (when (= 0 (meta-log-document-test--random 4))
                (goto-char (meta-log-document-test--place))
                (delete-region (point) (min (point-max) (+ (point) (meta-log-document-test--random 4)))))
              (run-hooks 'post-command-hook)
              (push (meta-log-real-send peer :op "insert" :at 0 :text (format "(%d)" i)) ids)
              (accept-process-output nil 0))
            (dolist (id ids) (meta-log-real-result peer id))
            (let ((text (meta-log-real-converge buffer peer)))
              (should (> (length text) 1000)))))))))

(ert-deftest meta-log-real-no-key-is-lost-when-the-sidecar-is-killed ()
  (meta-log-real-with
    (pcase-let ((`(,buffer . ,peer) (meta-log-real-pair "\n")) (shown nil) (killed nil) (expected ""))
      (with-current-buffer buffer
        (dotimes (round 5)
          (dotimes (i 20)
            (let ((word (format "%d.%d " round i)))
              (setq expected (concat expected word))
              (goto-char (1- (point-max)))
              (insert word)
              (run-hooks 'post-command-hook))
            (when (= i 7)
              (setq killed (meta-log-sidecar-process))
              (signal-process (process-id killed) 'KILL))
            (accept-process-output nil 0.002)
            (when (> i 7) (push (meta-log-real-summary buffer) shown)))
          ;; Emacs hears of the end a moment later, so the state of before may still be shown.
          (meta-log-real-wait (lambda () (not (memq (meta-log-sidecar-process) (list nil killed)))) 'another 30)
          (meta-log-real-wait (lambda () (equal "in sync" (meta-log-real-summary buffer))) 'back 30))
        (should (cl-find-if (lambda (summary) (string-match-p "no sidecar, [0-9]+ unsent\\|starting, [0-9]+ unsent" summary))
                            shown))
        (should (equal (concat expected "\n") (meta-log-real-converge buffer peer)))))))

(ert-deftest meta-log-real-offline-work-arrives-later ()
  (meta-log-real-with
    (let* ((port (meta-log-real-free-port))
           (process-environment (cons (format "META_LOG_MQTT_BROKER=mqtt://127.0.0.1:%d" port) process-environment))
           broker)
      (unless (executable-find "mosquitto") (meta-log-real-skip "there is no mosquitto"))
      (cl-flet ((start () (setq broker (start-process "mosquitto" nil "mosquitto" "-p" (number-to-string port)))
                       (set-process-query-on-exit-flag broker nil)))
        (unwind-protect
            (progn
              (start)
              (meta-log-real-wait (lambda () (ignore-errors
                                               (delete-process (open-network-stream "probe" nil "127.0.0.1" port)) t)))
              (pcase-let ((`(,buffer . ,peer) (meta-log-real-pair "x\n")))
                (with-current-buffer buffer
                  (meta-log-real-wait (lambda () (equal "in sync" (meta-log-real-summary buffer))) 'first)
                  (delete-process broker)
                  (meta-log-real-wait (lambda () (string-prefix-p "offline" (meta-log-real-summary buffer))) 'offline)
                  (insert "written offline\n")
                  (run-hooks 'post-command-hook)
                  (meta-log-real-wait (lambda () (string-match-p "\\`offline, [0-9]+ unsent\\'"
                                                                 (meta-log-real-summary buffer)))
                                      'unsent)
                  (start)
                  (meta-log-real-tell peer :op "waitFor" :contains "written offline" :timeoutMillis 20000)
                  (meta-log-real-converge buffer peer))))
          (when broker (delete-process broker)))))))

;;; A terminal

(ert-deftest meta-log-real-typing-on-a-terminal ()
  (meta-log-real-with
    (let* ((terminal (meta-log-real-start-terminal)) (peer (meta-log-real-start-peer)) invitation)
      (cl-flet ((text () (meta-log-real-eval terminal '(with-current-buffer "notes.canvasl" (buffer-string))))
                (point () (meta-log-real-eval terminal '(with-current-buffer "notes.canvasl" (point)))))
        (meta-log-real-tell peer :op "open" :path "notes.canvasl")
        (meta-log-real-tell peer :op "insert" :at 0 :text "first line\nsecond line\n")
        (meta-log-real-tell peer :op "federate")
        (meta-log-real-eval terminal '(progn (meta-log-peer-sync-demo-init) nil))
        (setq invitation (plist-get (meta-log-real-tell peer :op "share") :invitation))
        ;; By keys, as a person does.
        (meta-log-real-keys terminal "M-x")
        (meta-log-real-type terminal "meta-log-join")
        (meta-log-real-keys terminal "Enter")
        (meta-log-real-type terminal invitation)
        (meta-log-real-keys terminal "Enter")
        (meta-log-real-wait (lambda () (string-search "second line" (meta-log-real-screen terminal))) 'joined)
        (meta-log-real-wait (lambda () (string-search "ML[in sync]" (meta-log-real-screen terminal))) 'mode-line)
        (meta-log-real-keys terminal "M->")
        (meta-log-real-type terminal "typed by hand")
        (meta-log-real-tell peer :op "waitFor" :text "first line\nsecond line\ntyped by hand")
        ;; Somebody writes above; the cursor stays in its text.
        (meta-log-real-tell peer :op "insert" :at 0 :text "zeroth line\n")
        (meta-log-real-wait (lambda () (string-search "zeroth line" (meta-log-real-screen terminal))) 'above)
        (should (= (point) (1+ (length "zeroth line\nfirst line\nsecond line\ntyped by hand"))))
        ;; C-/ takes back what was typed here, and only that.
        (meta-log-real-keys terminal "C-_")
        (meta-log-real-tell peer :op "waitFor" :text "zeroth line\nfirst line\nsecond line\n")
        ;; Keys while edits arrive: all of both are there in the end.
        (let ((keys (apply #'concat (cl-loop for i below 100 collect (format "%c" (+ ?a (mod i 26)))))))
          (dotimes (i 100)
            (meta-log-real-type terminal (substring keys i (1+ i)))
            (meta-log-real-send peer :op "insert" :at 0 :text "#"))
          (meta-log-real-wait (lambda () (let ((text (text)))
                                           (and (string-search keys text) (= 100 (cl-count ?# text)))))
                              'both)
          (meta-log-real-tell peer :op "waitFor" :text (text)))))))

(provide 'meta-log-real-test)
;;; meta-log-real-test.el ends here
