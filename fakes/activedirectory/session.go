package activedirectory

import (
	"bufio"
	"context"
	"crypto/tls"
	"errors"
	"fmt"
	"io"
	"log/slog"
	"net"
	"syscall"
)

const (
	// maxMessage is the longest request, which is the real product's
	// MaxReceiveBuffer.
	maxMessage = 10 << 20
	// maxKept is how much of the output buffer a connection keeps for the next
	// answer.
	maxKept = 64 << 10
	// readStep is how much memory a request gets before more of it has come.
	readStep = 64 << 10
)

// session is one connection. Its requests are carried out one after the other,
// so there is never anything for Abandon to stop.
type session struct {
	server *Server
	conn   net.Conn
	in     *bufio.Reader
	out    writer
	log    *slog.Logger

	secure  bool
	who     *identity // nil: anonymous
	opts    options   // of the request under way
	reply   []control // controls of its answer
	extra   func(*writer)
	upgrade bool // TLS starts after the answer
	cursors cursors
}

func newSession(s *Server, conn net.Conn, log *slog.Logger) *session {
	return &session{server: s, conn: conn, in: bufio.NewReader(conn), log: log}
}

// encrypt starts TLS on the connection. The identity from before is gone.
func (s *session) encrypt() error {
	conn := tls.Server(s.conn, s.server.tls)
	ctx, cancel := context.WithTimeout(context.Background(), s.server.handshake)
	defer cancel()
	if err := conn.HandshakeContext(ctx); err != nil {
		return err
	}
	s.conn, s.secure, s.who = conn, true, nil
	s.in.Reset(conn)
	return nil
}

// serve answers requests until the client leaves. Only what is worth a line in
// the log is an error.
func (s *session) serve() error {
	for {
		if err := s.conn.SetDeadline(s.server.deadline(s.server.idle)); err != nil {
			return nil // closed
		}
		body, err := readMessage(s.in)
		if err != nil {
			return s.ended(err)
		}
		m, err := decodeMessage(body)
		if err != nil {
			return s.ended(err)
		}
		if m.unbind {
			return nil
		}
		if m.op == nil {
			continue
		}
		if err := s.answer(m); err != nil {
			return s.ended(err)
		}
	}
}

// ended says why a connection ends; nil when the client or the server simply
// left. A client that does not speak LDAP is told so, if it still listens.
func (s *session) ended(err error) error {
	var bad *malformed
	if errors.As(err, &bad) {
		s.out.out = s.out.out[:0]
		writeResult(&s.out, 0, tagExtendedResponse, &refusal{code: protocolError, text: bad.what},
			func(w *writer) { w.octets(contextPrimitive|10, oidDisconnection) }, nil)
		_ = s.flush() // the reason for the end is err
		return fmt.Errorf("no LDAP: %w", err)
	}
	if errors.Is(err, io.EOF) || errors.Is(err, net.ErrClosed) || errors.Is(err, syscall.ECONNRESET) || errors.Is(err, syscall.EPIPE) {
		return nil
	}
	return err
}

// readMessage reads one LDAPMessage and returns what is in it. Memory follows
// what has come, not what the client claims will come.
func readMessage(in *bufio.Reader) ([]byte, error) {
	tag, err := in.ReadByte()
	if err != nil {
		return nil, err
	}
	if tag != tagSequence {
		return nil, notLDAP("a message that starts with %#02x", tag)
	}
	header := make([]byte, 1, 5)
	if _, err := io.ReadFull(in, header); err != nil {
		return nil, unexpected(err)
	}
	if n := int(header[0] & 0x7f); header[0] > 0x80 && n <= 4 {
		header = header[:1+n]
		if _, err := io.ReadFull(in, header[1:]); err != nil {
			return nil, unexpected(err)
		}
	}
	length, _, err := readLength(header)
	if err != nil {
		return nil, err
	}
	if length > maxMessage {
		return nil, notLDAP("a message of %d bytes, at most %d are taken", length, maxMessage)
	}
	return readBody(in, length)
}

func readBody(in *bufio.Reader, length int) ([]byte, error) {
	body := make([]byte, 0, min(length, readStep))
	for len(body) < length {
		if len(body) == cap(body) {
			body = append(make([]byte, 0, min(length, 2*cap(body))), body...)
		}
		n, err := io.ReadFull(in, body[len(body):min(length, cap(body))])
		body = body[:len(body)+n]
		if err != nil {
			return nil, unexpected(err)
		}
	}
	return body, nil
}

// unexpected keeps an end in mid-message from looking like a client that left.
func unexpected(err error) error {
	if errors.Is(err, io.EOF) {
		return io.ErrUnexpectedEOF
	}
	return err
}

// answer carries out one request and writes what comes of it.
func (s *session) answer(m *message) error {
	s.out.out, s.reply, s.extra = s.out.out[:0], nil, nil
	err := s.carryOut(m)
	var failed *connectionError
	if errors.As(err, &failed) {
		return failed.err
	}
	result := s.resultOf(m.op, err)
	writeResult(&s.out, m.id, m.op.tag(), result, s.extra, s.reply)
	if err := s.flush(); err != nil {
		return err
	}
	if s.upgrade {
		s.upgrade = false
		if s.in.Buffered() > 0 {
			return notLDAP("requests sent before TLS had started") // they could be anybody's
		}
		return s.encrypt()
	}
	return nil
}

func (s *session) carryOut(m *message) error {
	var err error
	if s.opts, err = s.server.readControls(m.controls); err != nil {
		return err
	}
	return m.op.run(s, m)
}

// resultOf turns what came of an operation into its result.
func (s *session) resultOf(op operation, err error) *refusal {
	if s.log.Enabled(context.Background(), slog.LevelDebug) {
		s.log.Debug("LDAP", "operation", op.label(), "error", err)
	}
	if err == nil {
		return &refusal{}
	}
	var r *refusal
	if errors.As(err, &r) {
		return r
	}
	s.log.Error("an operation failed", "operation", op.label(), "error", err)
	return &refusal{code: otherError, text: "00000001: an error of the directory's own"}
}

// connectionError is a connection that broke while an operation was under way.
type connectionError struct{ err error }

func (c *connectionError) Error() string { return c.err.Error() }

// flush sends what has been written.
func (s *session) flush() error {
	if err := s.conn.SetWriteDeadline(s.server.deadline(s.server.idle)); err != nil {
		return err
	}
	_, err := s.conn.Write(s.out.out)
	if cap(s.out.out) > maxKept {
		s.out.out = nil
	} else {
		s.out.out = s.out.out[:0]
	}
	return err
}

// signedIn refuses what takes a bind first.
func (s *session) signedIn() error {
	if s.who == nil {
		return mustBind()
	}
	return nil
}
