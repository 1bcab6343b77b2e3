;;; meta-log-wire-test.el --- The wire to a process that dies -*- lexical-binding: t; -*-

;;; Commentary:

;; A process that does not read what it is sent, and is killed.

;;; Code:

(require 'ert)
(require 'cl-lib)
(require 'meta-log-wire)

(defun meta-log-wire-test--deaf (on-death)
  "Return a wire to a process that reads nothing; ON-DEATH is told of its end."
  (meta-log-wire-open "deaf"
                      (make-process :name "deaf" :command '("sleep" "1000") :connection-type 'pipe
                                    :noquery t :coding 'no-conversion :buffer nil)
                      'meta-log/identity #'ignore #'ignore on-death))

(defun meta-log-wire-test--fill (wire)
  "Send WIRE as much as it writes without proof that anything was read, and more."
  (let ((text (make-string 1000 ?x)))
    (dotimes (_ 60)
      (jsonrpc-notify wire 'textDocument/didChange (list :text text)))))

(defun meta-log-wire-test--messages (function)
  "Call FUNCTION and return what it made Emacs say."
  (let ((said nil))
    (cl-letf (((symbol-function 'message)
               (lambda (format &rest arguments) (push (apply #'format format arguments) said) nil)))
      (funcall function))
    (nreverse said)))

(ert-deftest meta-log-wire-test-a-death-with-much-unread-is-told-once ()
  "A process that dies with much unread and more waiting is told of once.
Everybody who waits for an answer is told, and nothing goes round in circles."
  (let* ((deaths 0) (failures 0)
         (wire (meta-log-wire-test--deaf (lambda (_) (cl-incf deaths)))))
    (meta-log-wire-request wire 'meta-log/status nil #'ignore (lambda (_) (cl-incf failures)))
    (meta-log-wire-test--fill wire)
    (should (> (meta-log-wire--unproven wire) (/ meta-log-wire--window-bytes 2)))
    (should (meta-log-wire--outbox wire))
    (should-not
     (meta-log-wire-test--messages
      (lambda ()
        (signal-process (meta-log-wire-process wire) 'SIGKILL)
        (meta-log-wire-wait wire (lambda () (> deaths 0)) 20))))
    (should (= deaths 1))
    (should (= failures 1))))

(ert-deftest meta-log-wire-test-writing-to-the-dead-waits-for-the-sentinel ()
  "What is sent between a death and its notice leads nowhere, and says nothing."
  (let* ((deaths 0)
         (wire (meta-log-wire-test--deaf (lambda (_) (cl-incf deaths)))))
    (cl-letf (((symbol-function 'jsonrpc-running-p) #'ignore))
      (should-not (meta-log-wire-test--messages (lambda () (meta-log-wire-test--fill wire)))))
    (delete-process (meta-log-wire-process wire))
    (meta-log-wire-wait wire (lambda () (> deaths 0)) 20)
    (should (= deaths 1))))

(provide 'meta-log-wire-test)
;;; meta-log-wire-test.el ends here
