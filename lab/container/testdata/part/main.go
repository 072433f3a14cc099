// Command part is what runs in the containers of the tests.
//
//	part serve PORT…    HTTP: /files/PATH, /dial?to=HOST:PORT, /exit?status=N
//	part late PORT      the same, after a moment
//	part echo TEXT…     print what it reads, and then do as say does
//	part say TEXT…      print each text as a line and exit with status 3
package main

import (
	"fmt"
	"io"
	"net"
	"net/http"
	"os"
	"strconv"
	"time"
)

func main() {
	switch verb, args := os.Args[1], os.Args[2:]; verb {
	case "echo", "say":
		if verb == "echo" {
			io.Copy(os.Stdout, os.Stdin)
		}
		for _, line := range args {
			fmt.Fprintln(os.Stderr, line)
		}
		os.Exit(3)
	case "late":
		time.Sleep(300 * time.Millisecond)
		serve(args)
	default:
		serve(args)
	}
}

func serve(ports []string) {
	http.HandleFunc("/files/", func(w http.ResponseWriter, r *http.Request) {
		path := r.URL.Path[len("/files"):]
		info, err := os.Stat(path)
		if err != nil {
			http.Error(w, err.Error(), http.StatusNotFound)
			return
		}
		content, err := os.ReadFile(path)
		fmt.Fprintf(w, "%o %s %v", info.Mode().Perm(), content, err)
	})
	http.HandleFunc("/dial", func(w http.ResponseWriter, r *http.Request) {
		c, err := net.DialTimeout("tcp", r.FormValue("to"), time.Second)
		if err != nil {
			http.Error(w, err.Error(), http.StatusBadGateway)
			return
		}
		defer c.Close()
		fmt.Fprint(w, "reached")
	})
	http.HandleFunc("/about", func(w http.ResponseWriter, r *http.Request) {
		name, _ := os.Hostname()
		fmt.Fprintf(w, "%s %d %s", name, os.Getuid(), os.Getenv("GREETING"))
	})
	http.HandleFunc("/exit", func(w http.ResponseWriter, r *http.Request) {
		status, _ := strconv.Atoi(r.FormValue("status"))
		fmt.Println("told to exit")
		io.WriteString(w, "bye")
		os.Exit(status)
	})
	fmt.Println("serving")
	for _, port := range ports[1:] {
		go http.ListenAndServe(":"+port, nil)
	}
	fmt.Fprintln(os.Stderr, http.ListenAndServe(":"+ports[0], nil))
	os.Exit(1)
}
