package directory

import (
	"fmt"
	"strings"

	"github.com/nyaruka/phonenumbers"

	"sanshi/internal/message"
)

// Normalize gives a phone number in E.164 ("+8613800000001"). A number without a
// country code is taken for one of country (ISO 3166; "" means CN); one that
// begins with the country's code but lacks the + is accepted, as gateways send it.
// The error says what to write; it holds no more of the number than its last two
// digits.
func Normalize(country, raw string) (string, error) {
	if country == "" {
		country = "CN"
	}
	s := message.Fold(raw)
	s = strings.TrimPrefix(strings.TrimPrefix(s, "sms:"), "tel:")
	if strings.Trim(s, "+0123456789 -().") != "" {
		return "", badNumber(s)
	}
	n, err := phonenumbers.Parse(s, country)
	if err != nil {
		return "", badNumber(s)
	}
	if phonenumbers.IsPossibleNumberWithReason(n) != phonenumbers.IS_POSSIBLE { // a number that lacks its area code is not enough
		return "", badNumber(s)
	}
	return phonenumbers.Format(n, phonenumbers.E164), nil
}

func badNumber(s string) error {
	digits := strings.Map(func(r rune) rune {
		if r < '0' || r > '9' {
			return -1
		}
		return r
	}, s)
	return fmt.Errorf("the number ending in %q is no phone number: write it with + and the country code, such as +8613800000001", digits[max(len(digits)-2, 0):])
}

func knownCountry(iso string) bool { return phonenumbers.GetCountryCodeForRegion(iso) != 0 }
