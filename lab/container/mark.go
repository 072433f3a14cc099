package container

// Mark describes this process in one line, so that whatever carries the line
// can be told from what the lab leaves behind when it is killed: labels of
// containers do, and units of a directory that is not the lab's own.
func Mark() (string, error) {
	me, err := self()
	if err != nil {
		return "", err
	}
	return me.String(), nil
}

// MarkOfTheDead reports whether the process that a mark describes is certainly
// no more. Of processes on other machines nothing is known, nor of text that is
// no mark.
func MarkOfTheDead(mark string) (bool, error) {
	o, ok := parseOwner(mark)
	if !ok {
		return false, nil
	}
	me, err := self()
	if err != nil {
		return false, err
	}
	return o.dead(me), nil
}
