package app

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"net"
	"net/http"
	"os"
	"path/filepath"
	"strings"
	"time"

	"lienthong/internal/kit/clock"
	"lienthong/internal/kit/fault"
	"lienthong/internal/kit/httpx"
	"lienthong/internal/kit/i18n"
)

// The control socket lies in the data folder and can be opened by its owner only. It serves what the machine's own
// administrator may ask of a running server: the demo's clock, a way back in for an account, a new key.
const socketName = "control.sock"

type clockShift struct {
	Shift string `json:"shift"`
}

type clockNow struct {
	Now   time.Time `json:"now"`
	Error string    `json:"error,omitempty"`
}

// ShiftClock asks the demo that runs on the folder to move its clock and tells what it then shows.
func ShiftClock(ctx context.Context, dataDir, shift string) (string, error) {
	var now clockNow
	if err := control(ctx, dataDir, "/clock", clockShift{shift}, &now); err != nil {
		return "", err
	}
	if now.Error != "" {
		return "", errors.New(now.Error)
	}
	return i18n.DateTime(now.Now), nil
}

type recoverAsk struct {
	Username string `json:"username"`
}

type recoverAnswer struct {
	Path  string `json:"path,omitempty"`
	Error string `json:"error,omitempty"`
}

// RecoverAccount asks the server that runs on the folder for a one-time link of an account whose holder can no longer
// sign in. Only who may read the data folder can ask.
func RecoverAccount(ctx context.Context, dataDir, username string) (string, error) {
	var got recoverAnswer
	if err := control(ctx, dataDir, "/recover", recoverAsk{username}, &got); err != nil {
		return "", err
	}
	if got.Error != "" {
		return "", errors.New(got.Error)
	}
	return got.Path, nil
}

type rotateAnswer struct {
	Key   int64  `json:"key,omitempty"`
	Error string `json:"error,omitempty"`
}

// RotateKeys asks the server that runs on the folder for a new key of data at rest.
func RotateKeys(ctx context.Context, dataDir string) (int64, error) {
	var got rotateAnswer
	if err := control(ctx, dataDir, "/keys/rotate", struct{}{}, &got); err != nil {
		return 0, err
	}
	if got.Error != "" {
		return 0, errors.New(got.Error)
	}
	return got.Key, nil
}

func (a *App) rotateKeys(w http.ResponseWriter, r *http.Request) {
	w.Header().Set("Content-Type", "application/json")
	var out rotateAnswer
	var err error
	if out.Key, err = a.vault.Rotate(r.Context()); err != nil {
		out.Error = err.Error()
	}
	_ = json.NewEncoder(w).Encode(out) // the command has gone; there is nobody to tell
}

// control sends one request over the control socket; what is answered at once.
func control(ctx context.Context, dataDir, path string, ask, answer any) error {
	return controlFor(ctx, dataDir, path, ask, answer, 10*time.Second)
}

func controlFor(ctx context.Context, dataDir, path string, ask, answer any, limit time.Duration) error {
	client := &http.Client{Transport: &http.Transport{
		DialContext: func(ctx context.Context, _, _ string) (net.Conn, error) {
			var d net.Dialer
			return d.DialContext(ctx, "unix", filepath.Join(dataDir, socketName))
		},
	}, Timeout: limit}
	body, err := json.Marshal(ask)
	if err != nil {
		return err
	}
	req, err := http.NewRequestWithContext(ctx, http.MethodPost, "http://control"+path, bytes.NewReader(body))
	if err != nil {
		return err
	}
	resp, err := client.Do(req)
	if err != nil {
		return fmt.Errorf("reach the server that runs on %s: %w", dataDir, err)
	}
	defer resp.Body.Close()
	if err := json.NewDecoder(resp.Body).Decode(answer); err != nil {
		return fmt.Errorf("read the server's answer: %w", err)
	}
	return nil
}

// serveControl listens on the control socket until the context ends.
func (a *App) serveControl(ctx context.Context) error {
	path := filepath.Join(a.conf.DataDir, socketName)
	if err := os.Remove(path); err != nil && !errors.Is(err, os.ErrNotExist) { // left by a crash; the lock says that nobody else is here
		return fmt.Errorf("remove the old control socket: %w", err)
	}
	var lc net.ListenConfig
	l, err := lc.Listen(ctx, "unix", path)
	if err != nil {
		return fmt.Errorf("open the control socket: %w", err)
	}
	if err := os.Chmod(path, 0o600); err != nil {
		return errors.Join(fmt.Errorf("protect the control socket: %w", err), l.Close())
	}
	mux := http.NewServeMux()
	mux.HandleFunc("POST /clock", a.shiftClock)
	mux.HandleFunc("POST /recover", a.recoverAccount)
	mux.HandleFunc("POST /keys/rotate", a.rotateKeys)
	mux.HandleFunc("POST /backup/key", a.useBackupKey)
	mux.HandleFunc("POST /backup/create", a.createBackup)
	srv := &http.Server{Handler: mux, ReadHeaderTimeout: 5 * time.Second}
	go func() {
		<-ctx.Done()
		_ = srv.Close() // the process ends
	}()
	if err := srv.Serve(l); !errors.Is(err, http.ErrServerClosed) {
		return err
	}
	return nil
}

func (a *App) recoverAccount(w http.ResponseWriter, r *http.Request) {
	w.Header().Set("Content-Type", "application/json")
	var in recoverAsk
	var out recoverAnswer
	if err := json.NewDecoder(io.LimitReader(r.Body, 1024)).Decode(&in); err != nil {
		out.Error = "the request cannot be read: " + err.Error()
	} else if token, err := a.account.Recover(r.Context(), in.Username); err != nil {
		out.Error = httpx.Sentence(fault.Of(err), a.words, i18n.En, "")
	} else {
		out.Path = a.consoleURL() + "/password/" + token.Reveal()
	}
	_ = json.NewEncoder(w).Encode(out) // the command has gone; there is nobody to tell
}

func (a *App) shiftClock(w http.ResponseWriter, r *http.Request) {
	answer := func(status int, n clockNow) {
		w.Header().Set("Content-Type", "application/json")
		w.WriteHeader(status)
		_ = json.NewEncoder(w).Encode(n) // the command has gone; there is nobody to tell
	}
	if a.opts.Demo == nil {
		answer(http.StatusForbidden, clockNow{Error: "the clock of a real platform is never moved; this is possible in the demo only"})
		return
	}
	var in clockShift
	if err := json.NewDecoder(io.LimitReader(r.Body, 1024)).Decode(&in); err != nil {
		answer(http.StatusBadRequest, clockNow{Error: "the request cannot be read: " + err.Error()})
		return
	}
	by := -a.clock.Offset()
	if in.Shift != "0" {
		var err error
		if by, err = clock.ParseShift(in.Shift); err != nil {
			answer(http.StatusUnprocessableEntity, clockNow{Error: err.Error()})
			return
		}
	}
	a.clock.Shift(by)
	if err := os.WriteFile(a.clockFile(), []byte(a.clock.Offset().String()), 0o600); err != nil {
		answer(http.StatusInternalServerError, clockNow{Error: "keep the clock: " + err.Error()})
		return
	}
	answer(http.StatusOK, clockNow{Now: a.clock.Now()})
}

func (a *App) clockFile() string { return filepath.Join(a.conf.DataDir, "demo-clock") }

// restoreClock gives a restarted demo the clock that it had. A real platform has no such file and none is read.
func (a *App) restoreClock() error {
	if a.opts.Demo == nil {
		return nil
	}
	text, err := os.ReadFile(a.clockFile())
	if errors.Is(err, os.ErrNotExist) {
		return nil
	}
	if err != nil {
		return fmt.Errorf("read the demo's clock: %w", err)
	}
	by, err := time.ParseDuration(strings.TrimSpace(string(text)))
	if err != nil {
		return fmt.Errorf("read the demo's clock: %w", err)
	}
	a.clock.Shift(by)
	return nil
}
