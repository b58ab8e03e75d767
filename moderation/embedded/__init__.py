"""One command on one machine: brings up the broker, the web server, the workers, and watches over them."""
