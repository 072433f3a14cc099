package hand

import (
	"context"
	"net/http"
	"net/url"
	"time"
)

// ScanPicture lets the owner's app scan a picture of a QR code (PNG or JPEG).
func (h *Hand) ScanPicture(ctx context.Context, owner string, picture []byte) (Account, error) {
	a, err := do[Account](ctx, h, http.MethodPost, app(owner)+"/scan", http.DetectContentType(picture), picture)
	return a, wrap("scan a picture with the app of "+owner, err)
}

// ScanURI gives the owner's app the address that is in a QR code.
func (h *Hand) ScanURI(ctx context.Context, owner, uri string) (Account, error) {
	return post[Account](ctx, h, app(owner)+"/scan", ScanRequest{URI: uri}, "scan an address with the app of "+owner)
}

// EnterKey types a key and its account into the owner's app.
func (h *Hand) EnterKey(ctx context.Context, owner, key, account, issuer string) (Account, error) {
	return post[Account](ctx, h, app(owner)+"/scan", ScanRequest{Key: key, Account: account, Issuer: issuer}, "type a key into the app of "+owner)
}

// Accounts returns the accounts in the owner's app, in the order they came.
func (h *Hand) Accounts(ctx context.Context, owner string) ([]Account, error) {
	return get[[]Account](ctx, h, app(owner)+"/accounts", "list the accounts of "+owner)
}

// Code returns the code that an account shows now.
func (h *Hand) Code(ctx context.Context, owner, account string) (Code, error) {
	return get[Code](ctx, h, app(owner)+"/accounts/"+url.PathEscape(account)+"/code", "read the code of an account of "+owner)
}

// DeleteAccount takes an account out of the owner's app.
func (h *Hand) DeleteAccount(ctx context.Context, owner, account string) error {
	_, err := do[nothing](ctx, h, http.MethodDelete, app(owner)+"/accounts/"+url.PathEscape(account), "", nil)
	return wrap("delete an account of "+owner, err)
}

// Pushes returns the notifications in the owner's app, newest first.
func (h *Hand) Pushes(ctx context.Context, owner string) ([]Push, error) {
	return get[[]Push](ctx, h, app(owner)+"/pushes", "list the notifications of "+owner)
}

// PendingPush returns the newest pending notification of the owner's app, and
// waits for it up to wait.
func (h *Hand) PendingPush(ctx context.Context, owner string, wait time.Duration) (Push, error) {
	return get[Push](ctx, h, waiting(app(owner)+"/pushes/pending", "", wait), "find a pending notification of "+owner)
}

// Approve approves a notification with the number that the person reads
// elsewhere ("" if none is asked for) and returns what became of it.
func (h *Hand) Approve(ctx context.Context, owner, id string, n Number) (Push, error) {
	return post[Push](ctx, h, app(owner)+"/pushes/"+url.PathEscape(id)+"/approve", ApproveRequest{n}, "approve a notification of "+owner)
}

// Deny denies a notification.
func (h *Hand) Deny(ctx context.Context, owner, id string) (Push, error) {
	return post[Push](ctx, h, app(owner)+"/pushes/"+url.PathEscape(id)+"/deny", nothing{}, "deny a notification of "+owner)
}

// Control is a client of the exchange's control.
type Control struct{ hand *Hand }

// NewControl returns a client of the control at base, which is another address
// than the API's. A nil client means [http.DefaultClient].
func NewControl(base string, client *http.Client) Control { return Control{New(base, client)} }

// Off switches a phone or an app off.
func (c Control) Off(ctx context.Context, r SwitchRequest) error {
	_, err := post[nothing](ctx, c.hand, "/off", r, "switch off "+r.Number+r.Owner)
	return err
}

// On switches a phone or an app on; what was queued arrives.
func (c Control) On(ctx context.Context, r SwitchRequest) error {
	_, err := post[nothing](ctx, c.hand, "/on", r, "switch on "+r.Number+r.Owner)
	return err
}

// Reset empties every phone and app.
func (c Control) Reset(ctx context.Context) error {
	_, err := post[nothing](ctx, c.hand, "/reset", nothing{}, "reset the phones")
	return err
}
