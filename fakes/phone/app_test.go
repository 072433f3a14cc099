package phone_test

import (
	"bytes"
	"encoding/binary"
	"encoding/json"
	"hash/crc32"
	"image"
	"image/color"
	"image/draw"
	"image/jpeg"
	"image/png"
	"net/http"
	"net/http/httptest"
	"net/url"
	"strings"
	"testing"
	"time"

	"github.com/boombuler/barcode"
	"github.com/boombuler/barcode/qr"

	"github.com/ssprlab/ssprlab/fakes/phone"
	"github.com/ssprlab/ssprlab/fakes/phone/hand"
	"github.com/ssprlab/ssprlab/fakes/phone/totp"
)

var secret = []byte("0123456789")

func otpauth() string {
	return totp.Key{Prefix: "Alder", Account: "adele@alder.example.com", Issuer: "Microsoft", Secret: secret}.URI()
}

// qrCode draws a QR code as another library does, on a larger page.
func qrCode(t *testing.T, text string) image.Image {
	t.Helper()
	code, err := qr.Encode(text, qr.M, qr.Auto)
	if err != nil {
		t.Fatal(err)
	}
	if code, err = barcode.Scale(code, 250, 250); err != nil {
		t.Fatal(err)
	}
	sheet := image.NewRGBA(image.Rect(0, 0, 640, 400))
	draw.Draw(sheet, sheet.Bounds(), image.NewUniform(color.White), image.Point{}, draw.Src)
	draw.Draw(sheet, image.Rect(100, 60, 350, 310), code, image.Point{}, draw.Src)
	return sheet
}

func asPNG(t *testing.T, img image.Image) []byte {
	t.Helper()
	var b bytes.Buffer
	if err := png.Encode(&b, img); err != nil {
		t.Fatal(err)
	}
	return b.Bytes()
}

func asJPEG(t *testing.T, img image.Image) []byte {
	t.Helper()
	var b bytes.Buffer
	if err := jpeg.Encode(&b, img, nil); err != nil {
		t.Fatal(err)
	}
	return b.Bytes()
}

// claiming makes a PNG say that it has another size than it has.
func claiming(picture []byte, width, height uint32) []byte {
	header := picture[12:29] // "IHDR" and its thirteen bytes
	binary.BigEndian.PutUint32(header[4:], width)
	binary.BigEndian.PutUint32(header[8:], height)
	binary.BigEndian.PutUint32(picture[29:], crc32.ChecksumIEEE(header))
	return picture
}

// R-REG-29, R-REG-46: another app gives codes and nothing else, however it
// learnt the key.
func TestEnrolmentByPictureAddressAndKey(t *testing.T) {
	r := open(t, phone.Config{})
	ctx := t.Context()
	for name, enrol := range map[string]func() (hand.Account, error){
		"png":     func() (hand.Account, error) { return r.hand.ScanPicture(ctx, "Adele", asPNG(t, qrCode(t, otpauth()))) },
		"jpeg":    func() (hand.Account, error) { return r.hand.ScanPicture(ctx, "adele", asJPEG(t, qrCode(t, otpauth()))) },
		"address": func() (hand.Account, error) { return r.hand.ScanURI(ctx, "adele", " "+otpauth()+"\n") },
		"key": func() (hand.Account, error) {
			return r.hand.EnterKey(ctx, "adele", "GAYT EMZU GU3D OOBZ", "adele@alder.example.com", "Alder")
		},
	} {
		a, err := enrol()
		if err != nil || a.Account != "adele@alder.example.com" || a.Issuer != "Alder" || a.Push {
			t.Errorf("%s: %+v, %v", name, a, err)
			continue
		}
		code, err := r.hand.Code(ctx, "ADELE", a.ID)
		if err != nil || code.ValidFor < 1 || code.ValidFor > 30 {
			t.Errorf("%s: %+v, %v", name, code, err)
		}
		if _, ok := totp.Verify(secret, code.Code, r.clock.Now(), 1); !ok {
			t.Errorf("%s: code %s is wrong", name, code.Code)
		}
	}
	accounts, err := r.hand.Accounts(ctx, "adele")
	if err != nil || len(accounts) != 4 {
		t.Fatalf("%+v, %v", accounts, err)
	}
	if err := r.hand.DeleteAccount(ctx, "adele", accounts[0].ID); err != nil {
		t.Fatal(err)
	}
	_, err = r.hand.Code(ctx, "adele", accounts[0].ID)
	wantError(t, err, 404, "unknown")
	if _, body := request(t, "GET", r.url+"/apps/adele/accounts", "", ""); strings.Contains(body, "secret") || strings.Contains(body, totp.EncodeKey(secret)) {
		t.Errorf("accounts give the key away: %s", body)
	}
}

func TestCodesFollowTheLabsClock(t *testing.T) {
	r := open(t, phone.Config{})
	a, err := r.hand.ScanURI(t.Context(), "adele", otpauth())
	if err != nil {
		t.Fatal(err)
	}
	before, _ := r.hand.Code(t.Context(), "adele", a.ID)
	r.clock.Advance(time.Hour)
	after, _ := r.hand.Code(t.Context(), "adele", a.ID)
	if before.Code == after.Code {
		t.Error("the same code an hour later")
	}
	if _, ok := totp.Verify(secret, after.Code, start.Add(time.Hour), 1); !ok {
		t.Errorf("code %s is not of the lab's time", after.Code)
	}
}

func TestActivationByPicture(t *testing.T) {
	server, uri := service(t, func(hand.ActivationRequest) (int, string) {
		return 200, `{"secret":"` + totp.EncodeKey(secret) + `","account":"adele@alder.example.com","issuer":"Alder"}`
	})
	r := open(t, phone.Config{Client: server.Client()})
	if a, err := r.hand.ScanPicture(t.Context(), "adele", asPNG(t, qrCode(t, uri))); err != nil || !a.Push {
		t.Errorf("%+v, %v", a, err)
	}
}

func TestWhatCannotBeScanned(t *testing.T) {
	r := open(t, phone.Config{})
	ctx := t.Context()
	blank := image.NewGray(image.Rect(0, 0, 100, 100))
	for name, test := range map[string]struct {
		picture []byte
		status  int
		code    string
	}{
		"no picture":            {[]byte("hello"), 415, "unsupported"},
		"half a picture":        {asPNG(t, blank)[:60], 422, "notReadable"},
		"a picture of nothing":  {asPNG(t, blank), 422, "notReadable"},
		"a huge picture":        {claiming(asPNG(t, blank), 30000, 30000), 422, "notReadable"},
		"a file too large":      {append(asPNG(t, blank), make([]byte, 6<<20)...), 413, "tooLarge"},
		"a QR code of a page":   {asPNG(t, qrCode(t, "https://example.com/")), 400, "badRequest"},
		"an unknown activation": {asPNG(t, qrCode(t, "phonefactor://other?code=1")), 400, "badRequest"},
	} {
		_, err := r.hand.ScanPicture(ctx, "adele", test.picture)
		t.Log(name)
		wantError(t, err, test.status, test.code)
	}
	for _, body := range []string{`{}`, `{"uri":"otpauth://totp/x?secret=gaytemzugu3doobz","key":"gaytemzugu3doobz"}`, `{"key":"short","account":"a"}`,
		`{"key":"gaytemzugu3doobz"}`, `{"uri":"otpauth://hotp/x?secret=gaytemzugu3doobz"}`, `{"uri":"https://example.com"}`,
		`{"uri":"phonefactor://activate_account?code=12ab&url=https%3A%2F%2Fx.test"}`, `{"uri":"phonefactor://activate_account?code=1&url=http%3A%2F%2Fx.test"}`,
		`{"uri":"phonefactor://activate_account?code=1&url=https%3A"}`, `{"uri":"phonefactor://activate_account?code=1&url=%zz"}`} {
		if status, answer := request(t, "POST", r.url+"/apps/adele/scan", "application/json", body); status != 400 {
			t.Errorf("%s: %d %s", body, status, answer)
		}
	}
	if accounts, _ := r.hand.Accounts(ctx, "adele"); len(accounts) != 0 {
		t.Errorf("accounts %+v", accounts)
	}
}

// service is a tenant's activation endpoint.
func service(t *testing.T, serve func(hand.ActivationRequest) (int, string)) (server *httptest.Server, uri string) {
	t.Helper()
	server = httptest.NewTLSServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		var request hand.ActivationRequest
		if err := json.NewDecoder(r.Body).Decode(&request); err != nil {
			t.Error(err)
		}
		status, body := serve(request)
		w.WriteHeader(status)
		w.Write([]byte(body))
	}))
	t.Cleanup(server.Close)
	return server, "phonefactor://activate_account?code=123456789&url=" + url.QueryEscape(server.URL+"/activatev2/7/secretpath")
}

// activated is an exchange with one app that takes notifications.
func activated(t *testing.T) (r *room, account hand.Account, device string) {
	t.Helper()
	server, uri := service(t, func(request hand.ActivationRequest) (int, string) {
		if request.ActivationCode != "123456789" || !strings.Contains(request.DeviceName, "adele") {
			t.Errorf("activation %+v", request)
		}
		device = request.DeviceToken
		return 200, `{"secret":"` + totp.EncodeKey(secret) + `","account":"adele@alder.example.com","issuer":"Alder"}`
	})
	r = open(t, phone.Config{Client: server.Client()})
	account, err := r.hand.ScanURI(t.Context(), "adele", uri)
	if err != nil || !account.Push || account.Issuer != "Alder" || device == "" {
		t.Fatalf("activation: %+v, %v", account, err)
	}
	return r, account, device
}

// R-REG-28: one registration gives codes and notifications.
func TestActivationGivesCodesAndNotifications(t *testing.T) {
	r, account, device := activated(t)
	code, err := r.hand.Code(t.Context(), "adele", account.ID)
	if err != nil {
		t.Fatal(err)
	}
	if _, ok := totp.Verify(secret, code.Code, r.clock.Now(), 1); !ok {
		t.Errorf("code %s is wrong", code.Code)
	}
	sent, err := r.hand.SendPush(t.Context(), hand.PushRequest{Device: device, Title: "Approve sign-in?"})
	if err != nil || sent.State != hand.Pending {
		t.Fatalf("%+v, %v", sent, err)
	}
	push, err := r.hand.PendingPush(t.Context(), "adele", long)
	if err != nil || push.ID != sent.ID || push.Account != account.ID || push.WantsNumber {
		t.Errorf("%+v, %v", push, err)
	}
}

// R-REG-44: the person types the number that the page shows.
func TestNumberMatching(t *testing.T) {
	for _, test := range []struct {
		name     string
		expected hand.Number
		act      func(*room, string) (hand.Push, error)
		want     hand.PushState
	}{
		{"right", "42", func(r *room, id string) (hand.Push, error) { return r.hand.Approve(t.Context(), "adele", id, "42") }, hand.Approved},
		{"with a zero", "07", func(r *room, id string) (hand.Push, error) { return r.hand.Approve(t.Context(), "adele", id, "7") }, hand.Approved},
		{"wrong", "42", func(r *room, id string) (hand.Push, error) { return r.hand.Approve(t.Context(), "adele", id, "24") }, hand.WrongNumber},
		{"denied", "42", func(r *room, id string) (hand.Push, error) { return r.hand.Deny(t.Context(), "adele", id) }, hand.Denied},
		{"none asked for", "", func(r *room, id string) (hand.Push, error) { return r.hand.Approve(t.Context(), "adele", id, "") }, hand.Approved},
	} {
		t.Run(test.name, func(t *testing.T) {
			r, _, device := activated(t)
			sent, err := r.hand.SendPush(t.Context(), hand.PushRequest{Device: device, Title: "Approve?", Number: test.expected})
			if err != nil {
				t.Fatal(err)
			}
			state := make(chan hand.PushState, 1)
			go func() {
				s, err := r.hand.PushState(t.Context(), sent.ID, long)
				if err != nil {
					t.Error(err)
				}
				state <- s
			}()
			if test.expected != "" {
				_, err := r.hand.Approve(t.Context(), "adele", sent.ID, "")
				wantError(t, err, 400, "badRequest")
			}
			if p, err := test.act(r, sent.ID); err != nil || p.State != test.want {
				t.Errorf("%+v, %v, want %s", p, err, test.want)
			}
			if s := <-state; s != test.want {
				t.Errorf("the sender sees %s, want %s", s, test.want)
			}
			_, err = r.hand.Approve(t.Context(), "adele", sent.ID, "42")
			wantError(t, err, 409, "pushOver")
		})
	}
}

// The number is read on the page of the service, never on the phone.
func TestTheExpectedNumberStaysHidden(t *testing.T) {
	r, _, device := activated(t)
	if _, err := r.hand.SendPush(t.Context(), hand.PushRequest{Device: device, Title: "Approve?", Number: "5827"}); err != nil {
		t.Fatal(err)
	}
	for _, path := range []string{"/apps/adele/pushes", "/apps/adele/pushes/pending", "/apps/adele"} {
		if _, body := request(t, "GET", r.url+path, "", ""); strings.Contains(body, "5827") || !strings.Contains(body, "Approve?") {
			t.Errorf("%s: %s", path, body)
		}
	}
}

func TestASwitchedOffApp(t *testing.T) {
	r, account, device := activated(t)
	ctx := t.Context()
	if err := r.control.Off(ctx, hand.SwitchRequest{Owner: "Adele"}); err != nil {
		t.Fatal(err)
	}
	sent, err := r.hand.SendPush(ctx, hand.PushRequest{Device: device, Title: "later"})
	if err != nil {
		t.Fatal(err)
	}
	_, err = r.hand.Approve(ctx, "adele", sent.ID, "")
	wantError(t, err, 404, "unknown")
	if s, err := r.hand.PushState(ctx, sent.ID, short); err != nil || s != hand.Pending {
		t.Errorf("%s, %v", s, err)
	}
	if err := r.control.On(ctx, hand.SwitchRequest{Owner: "adele"}); err != nil {
		t.Fatal(err)
	}
	if p, err := r.hand.Pushes(ctx, "adele"); err != nil || len(p) != 1 || p[0].Title != "later" {
		t.Errorf("%+v, %v", p, err)
	}
	if err := r.control.Off(ctx, hand.SwitchRequest{Owner: "adele", Mode: hand.Fail}); err != nil {
		t.Fatal(err)
	}
	_, err = r.hand.SendPush(ctx, hand.PushRequest{Device: device, Title: "never"})
	wantError(t, err, 409, "unreachable")
	if err := r.hand.DeleteAccount(ctx, "adele", account.ID); err != nil {
		t.Fatal(err)
	}
	_, err = r.hand.SendPush(ctx, hand.PushRequest{Device: device, Title: "never"})
	wantError(t, err, 404, "unknown")
}

func TestActivationThatFails(t *testing.T) {
	for name, test := range map[string]struct {
		status int
		body   string
		want   int
		code   string
	}{
		"refused":    {403, `{}`, 422, "activationRefused"},
		"no JSON":    {200, `hello`, 502, "activationFailed"},
		"no key":     {200, `{"secret":"x"}`, 502, "activationFailed"},
		"redirected": {304, ``, 422, "activationRefused"},
	} {
		t.Run(name, func(t *testing.T) {
			server, uri := service(t, func(hand.ActivationRequest) (int, string) { return test.status, test.body })
			r := open(t, phone.Config{Client: server.Client()})
			_, err := r.hand.ScanURI(t.Context(), "adele", uri)
			wantError(t, err, test.want, test.code)
			if strings.Contains(err.Error(), "secretpath") {
				t.Errorf("error %v gives the address away", err)
			}
		})
	}
	server, uri := service(t, nil)
	server.Close()
	r := open(t, phone.Config{Client: server.Client()})
	_, err := r.hand.ScanURI(t.Context(), "adele", uri)
	wantError(t, err, 502, "activationFailed")
	// A certificate that the client does not trust is no service.
	_, uri = service(t, nil)
	_, err = open(t, phone.Config{}).hand.ScanURI(t.Context(), "adele", uri)
	wantError(t, err, 502, "activationFailed")
	if strings.Contains(err.Error(), "secretpath") {
		t.Errorf("error %v gives the address away", err)
	}
}
