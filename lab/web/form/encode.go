package form

import (
	"bytes"
	"fmt"
	"mime/multipart"
	"strings"

	"github.com/ssprlab/ssprlab/lab/web"
)

// encode writes the body of a POST in the form's encoding.
func encode(sub *web.Submission) (body []byte, kind string, err error) {
	switch sub.Enctype {
	case "multipart/form-data":
		return encodeMultipart(sub.Entries)
	case "text/plain":
		var b strings.Builder
		for _, e := range sub.Entries {
			b.WriteString(e.Name + "=" + e.Value + "\r\n")
		}
		return []byte(b.String()), "text/plain", nil
	}
	return []byte(sub.Encode()), "application/x-www-form-urlencoded", nil
}

func encodeMultipart(entries []web.Entry) ([]byte, string, error) {
	var b bytes.Buffer
	w := multipart.NewWriter(&b)
	for _, e := range entries {
		if err := w.WriteField(e.Name, e.Value); err != nil {
			return nil, "", fmt.Errorf("form: encode the field %q: %w", e.Name, err)
		}
	}
	if err := w.Close(); err != nil {
		return nil, "", fmt.Errorf("form: encode the form: %w", err)
	}
	return b.Bytes(), w.FormDataContentType(), nil
}
