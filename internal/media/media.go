// Package media keeps pictures: what a resident sent, what shows the work done.
//
// A picture is never kept as it came. It is decoded and written again, so that
// where and with what it was taken (EXIF), and whatever else a file may hide, is
// gone; which way is up is read first. It is made no larger than a page needs.
//
// Pictures lie in files under the data folder, a folder a matter, and are known by
// a reference such as "media:01h2….jpg". They are content: who may read the matter's
// words may see them, in the console and nowhere else, and they go when the
// words go (see Forget).
package media

import (
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"path/filepath"
	"regexp"
	"strings"

	"sanshi/internal/matter"
)

// Prefix begins a reference to a picture kept here.
const Prefix = "media:"

// MostBytes is how large a file may be that is taken in.
const MostBytes = 10 << 20

// Folder keeps pictures under Dir. NewID names them.
type Folder struct {
	Dir   string
	NewID func() string
}

var safeName = regexp.MustCompile(`^[A-Za-z0-9][A-Za-z0-9_-]{0,63}$`)

// Keep takes a picture in, JPEG or PNG, and gives the reference to it. What is no
// picture, too large or broken is a *matter.Error of the field photo; any other
// error is of the disk.
func (f Folder) Keep(village, matterID string, r io.Reader) (ref string, err error) {
	dir, err := f.folder(village, matterID)
	if err != nil {
		return "", err
	}
	data, err := io.ReadAll(io.LimitReader(r, MostBytes+1))
	if err != nil {
		return "", fmt.Errorf("media: the picture ends too early: %w", err)
	}
	clean, err := redraw(data)
	if err != nil {
		return "", err
	}
	if err := os.MkdirAll(dir, 0o700); err != nil {
		return "", fmt.Errorf("media: %w", err)
	}
	name := f.NewID()
	if !safeName.MatchString(name) {
		return "", fmt.Errorf("media: %q is no name", name)
	}
	return Prefix + name + ".jpg", write(filepath.Join(dir, name+".jpg"), clean)
}

// write makes a file that is whole or not there.
func write(path string, data []byte) error {
	tmp, err := os.CreateTemp(filepath.Dir(path), ".new-*")
	if err != nil {
		return fmt.Errorf("media: %w", err)
	}
	_, err = tmp.Write(data)
	err = errors.Join(err, tmp.Sync(), tmp.Close())
	if err == nil {
		err = os.Rename(tmp.Name(), path)
	}
	if err != nil {
		return errors.Join(fmt.Errorf("media: %w", err), os.Remove(tmp.Name()))
	}
	return nil
}

// Open opens a picture by its reference; fs.ErrNotExist when there is none.
func (f Folder) Open(village, matterID, ref string) (*os.File, error) {
	dir, err := f.folder(village, matterID)
	name, ours := strings.CutPrefix(ref, Prefix)
	name, jpeg := strings.CutSuffix(name, ".jpg")
	if err != nil || !ours || !jpeg || !safeName.MatchString(name) {
		return nil, fs.ErrNotExist
	}
	return os.Open(filepath.Join(dir, name+".jpg"))
}

// Drop removes one picture: the act that it was for was refused.
func (f Folder) Drop(village, matterID, ref string) error {
	file, err := f.Open(village, matterID, ref)
	if err != nil {
		return nil // it is not there
	}
	return errors.Join(file.Close(), os.Remove(file.Name()))
}

func (f Folder) folder(village, matterID string) (string, error) {
	if !safeName.MatchString(village) || !safeName.MatchString(matterID) {
		return "", matter.Refuse(matter.NotFound, "", "there is no such matter")
	}
	return filepath.Join(f.Dir, village, matterID), nil
}

// Forget removes all pictures of matters whose words are erased (PIPL art. 47).
// Before says which these will be, erase erases the words: when it succeeds the
// pictures go. A crash between the two is mended by Resume.
func (f Folder) Forget(village string, matters []string, erase func() error) error {
	marks := filepath.Join(f.Dir, ".forget")
	if err := os.MkdirAll(marks, 0o700); err != nil {
		return fmt.Errorf("media: %w", err)
	}
	var marked []string
	for _, id := range matters {
		dir, err := f.folder(village, id)
		if err != nil {
			continue // no picture can be there
		}
		if _, err := os.Stat(dir); err != nil {
			continue
		}
		mark := filepath.Join(marks, village+"~"+id)
		if err := write(mark, nil); err != nil {
			return err
		}
		marked = append(marked, mark)
	}
	err := erase()
	for _, mark := range marked {
		if err == nil {
			err = f.sweep(mark)
		} else {
			_ = os.Remove(mark) // nothing was erased
		}
	}
	return err
}

// sweep removes the pictures that a mark speaks of, then the mark.
func (f Folder) sweep(mark string) error {
	village, id, _ := strings.Cut(filepath.Base(mark), "~")
	dir, err := f.folder(village, id)
	if err != nil {
		return os.Remove(mark)
	}
	if err := os.RemoveAll(dir); err != nil {
		return fmt.Errorf("media: the words are erased but a picture is not: %w", err)
	}
	return os.Remove(mark)
}

// Resume ends what a crash left half done: of each matter that was about to be
// erased, erased says whether it was.
func (f Folder) Resume(erased func(village, matterID string) (bool, error)) error {
	marks, err := filepath.Glob(filepath.Join(f.Dir, ".forget", "*~*"))
	for _, mark := range marks {
		village, id, _ := strings.Cut(filepath.Base(mark), "~")
		gone, e := erased(village, id)
		switch {
		case e != nil:
			err = errors.Join(err, e)
		case gone:
			err = errors.Join(err, f.sweep(mark))
		default:
			err = errors.Join(err, os.Remove(mark))
		}
	}
	return err
}
