package message

// Numeral reads a folded text that is wholly a number from 0 to 99 in Chinese
// characters: 七, 柒, 十二, 二十, 廿三. Digits in a row without 十 (二三) are no
// number: they mean "two, three". Nor is 两, with which one counts, not names.
func Numeral(s string) (int, bool) {
	tens, units, seen := -1, -1, 0
	for _, r := range s {
		if seen++; seen > 3 {
			return 0, false
		}
		d, ok := numeralDigit(r)
		switch {
		case ok && units < 0:
			units = d
		case (r == '十' || r == '拾') && tens < 0 && units != 0:
			tens, units = max(units, 1), -1
		case r == '廿' && seen == 1:
			tens = 2
		case r == '卅' && seen == 1:
			tens = 3
		default:
			return 0, false
		}
	}
	if tens >= 0 && units == 0 { // 十零
		return 0, false
	}
	return max(tens, 0)*10 + max(units, 0), seen > 0
}

func numeralDigit(r rune) (int, bool) {
	switch r {
	case '零', '〇':
		return 0, true
	case '一', '壹', '幺':
		return 1, true
	case '二', '贰':
		return 2, true
	case '三', '叁', '参': // 參 folds to 参
		return 3, true
	case '四', '肆':
		return 4, true
	case '五', '伍':
		return 5, true
	case '六', '陆':
		return 6, true
	case '七', '柒':
		return 7, true
	case '八', '捌':
		return 8, true
	case '九', '玖':
		return 9, true
	}
	return 0, false
}
