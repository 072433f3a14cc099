package phone

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"image"
	_ "image/jpeg" // pictures that people take
	_ "image/png"  // pictures that pages show
	"io"
	"mime"
	"net/http"
	"strings"

	"github.com/makiuchi-d/gozxing"
	"github.com/makiuchi-d/gozxing/qrcode"

	"github.com/ssprlab/ssprlab/fakes/phone/hand"
	"github.com/ssprlab/ssprlab/fakes/phone/totp"
)

const (
	maxPicture = 5 << 20    // of a file, in bytes
	maxPixels  = 16_000_000 // of a picture, before it is unpacked
)

// scan enrols an account: from a picture, an address or a key.
func (e *Exchange) scan(r *http.Request) (hand.Account, error) {
	name, err := owner(r)
	if err != nil {
		return hand.Account{}, err
	}
	contentType, _, _ := mime.ParseMediaType(r.Header.Get("Content-Type"))
	switch contentType {
	case "image/png", "image/jpeg":
		picture, err := io.ReadAll(http.MaxBytesReader(nil, r.Body, maxPicture))
		if err != nil {
			return hand.Account{}, readProblem(err)
		}
		return e.enrolPicture(r.Context(), name, picture)
	case "application/json":
		request, err := read[hand.ScanRequest](r)
		if err != nil {
			return hand.Account{}, err
		}
		return e.enrol(r.Context(), name, request)
	}
	return hand.Account{}, problem{http.StatusUnsupportedMediaType, "unsupported",
		"scan a picture (image/png, image/jpeg) or give application/json with uri, or with key, account and issuer"}
}

func (e *Exchange) enrolPicture(ctx context.Context, name string, picture []byte) (hand.Account, error) {
	uri, err := readQRCode(picture)
	if err != nil {
		return hand.Account{}, problem{http.StatusUnprocessableEntity, "notReadable", err.Error()}
	}
	return e.enrol(ctx, name, hand.ScanRequest{URI: uri})
}

// readQRCode returns the text of the QR code in a picture.
func readQRCode(picture []byte) (string, error) {
	config, _, err := image.DecodeConfig(bytes.NewReader(picture))
	if err != nil {
		return "", fmt.Errorf("read the picture: %w", err)
	}
	if config.Width*config.Height > maxPixels {
		return "", fmt.Errorf("read the picture: it has %d by %d pixels, and may have %d in all", config.Width, config.Height, maxPixels)
	}
	img, _, err := image.Decode(bytes.NewReader(picture))
	if err != nil {
		return "", fmt.Errorf("read the picture: %w", err)
	}
	source := gozxing.NewLuminanceSourceFromImage(img)
	for _, binarizer := range []gozxing.Binarizer{gozxing.NewHybridBinarizer(source), gozxing.NewGlobalHistgramBinarizer(source)} {
		// A picture from a page is exact, and read as such; one from a camera
		// has to be searched, which misses an exact one now and then.
		for _, hint := range []gozxing.DecodeHintType{gozxing.DecodeHintType_PURE_BARCODE, gozxing.DecodeHintType_TRY_HARDER} {
			if text, ok := decodeQRCode(binarizer, hint); ok {
				return text, nil
			}
		}
	}
	return "", errors.New("read the picture: there is no readable QR code in it")
}

func decodeQRCode(binarizer gozxing.Binarizer, hint gozxing.DecodeHintType) (string, bool) {
	bitmap, err := gozxing.NewBinaryBitmap(binarizer)
	if err != nil {
		return "", false
	}
	result, err := qrcode.NewQRCodeReader().Decode(bitmap, map[gozxing.DecodeHintType]any{hint: true})
	if err != nil {
		return "", false
	}
	return result.GetText(), true
}

// enrol puts the account that request describes into the owner's app.
func (e *Exchange) enrol(ctx context.Context, name string, request hand.ScanRequest) (hand.Account, error) {
	var enrolled *account
	var err error
	request.URI = strings.TrimSpace(request.URI)
	switch {
	case request.URI != "" && request.Key != "", request.URI == "" && request.Key == "":
		return hand.Account{}, badRequest("give either uri, or key with account and issuer")
	case request.Key != "":
		enrolled, err = typed(request)
	case strings.HasPrefix(request.URI, "phonefactor:"):
		enrolled, err = e.activate(ctx, name, request.URI)
	default:
		enrolled, err = scanned(request.URI)
	}
	if err != nil {
		return hand.Account{}, err
	}
	enrolled.ID = e.newID("account")
	err = e.change(func() error {
		a := e.usedApp(name)
		a.accounts = append(a.accounts, enrolled)
		return nil
	})
	e.log.Info("account enrolled", "owner", name, "id", enrolled.ID, "push", enrolled.Push)
	return enrolled.Account, err
}

func typed(request hand.ScanRequest) (*account, error) {
	secret, err := totp.DecodeKey(request.Key)
	if err != nil {
		return nil, badRequest("%v", err)
	}
	if strings.TrimSpace(request.Account) == "" {
		return nil, badRequest("a key needs the name of its account")
	}
	return &account{Account: hand.Account{Account: request.Account, Issuer: request.Issuer}, secret: secret}, nil
}

// scanned reads the QR code for other authenticator apps: codes, and nothing
// else (R-REG-29). The app shows the label's prefix, which names the tenant.
func scanned(uri string) (*account, error) {
	if !isAddress(uri) {
		return nil, badRequest("this is not the address of an authenticator account: it must start with otpauth: or phonefactor:")
	}
	key, err := totp.ParseURI(uri)
	if err != nil {
		return nil, badRequest("%v", err)
	}
	issuer := key.Prefix
	if issuer == "" {
		issuer = key.Issuer
	}
	return &account{Account: hand.Account{Account: key.Account, Issuer: issuer}, secret: key.Secret}, nil
}

// isAddress tells the address of an account from a key.
func isAddress(text string) bool {
	text = strings.TrimSpace(text)
	return strings.HasPrefix(text, "otpauth:") || strings.HasPrefix(text, "phonefactor:")
}
