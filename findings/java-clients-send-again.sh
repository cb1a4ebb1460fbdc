#!/bin/sh
# Java's HttpURLConnection sends a POST again when its answer is lost, Apache's HttpClient when it is answered 503.
#
# Apache HttpClient 5.5.1 (in the jar of npm `wiremock` 3.13.2), HttpURLConnection and java.net.http of Java 17; the
# client of Jetty in that jar beside them. Needs a JDK of 17 or newer, and Node 20 for npm.
#
# Each is used as its manual shows first; none was asked to try again. Apache's default strategy is named for
# idempotent requests, and keeps to them where the answer is lost; where there is an answer it asks for its status
# alone, so a POST that was answered 503 or 429 is sent once more, after a second, or after the Retry-After that
# came with it, and the call takes as long. HttpURLConnection repeats whatever was lost, once, at once. java.net.http
# repeats a GET, though not a PUT or DELETE, and Jetty's client none.
#
# Seen: requests that arrived for one call of GET, PUT, POST and DELETE, where the answer is lost; where it is 503;
# 429 with Retry-After: 2; 500; and the whole seconds that the POST answered 429 took
#   HttpURLConnection: 2 2 2 2; 1 1 1 1; 1 1 1 1; 1 1 1 1; 0
#   java.net.http:     2 1 1 1; 1 1 1 1; 1 1 1 1; 1 1 1 1; 0
#   Apache:            2 2 1 2; 2 2 2 2; 2 2 2 2; 1 1 1 1; 2
#   Jetty:             1 1 1 1; 1 1 1 1; 1 1 1 1; 1 1 1 1; 0
set -eu
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
(cd "$folder" && npm install --silent --no-audit --no-fund wiremock@3.13.2 >/dev/null)
jar=$(echo "$folder"/node_modules/wiremock/build/wiremock-standalone-*.jar)
cat >"$folder/Seen.java" <<'JAVA'
import java.io.IOException;
import java.io.InputStream;
import java.net.HttpURLConnection;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.concurrent.atomic.AtomicInteger;
import wiremock.org.apache.hc.client5.http.impl.classic.HttpClients;
import wiremock.org.apache.hc.core5.http.io.entity.EntityUtils;
import wiremock.org.apache.hc.core5.http.io.entity.StringEntity;
import wiremock.org.apache.hc.core5.http.io.support.ClassicRequestBuilder;
import wiremock.org.eclipse.jetty.client.util.StringContentProvider;

public class Seen {
    interface Client {
        void send(String method, String url, String body) throws Exception;
    }

    static final AtomicInteger arrived = new AtomicInteger();
    static volatile String answer;

    static void serve(Socket socket) {
        try (socket) {
            InputStream in = socket.getInputStream();
            while (true) {
                StringBuilder head = new StringBuilder();
                while (head.indexOf("\r\n\r\n") < 0) {
                    int read = in.read();
                    if (read < 0) return;
                    head.append((char) read);
                }
                for (String line : head.toString().toLowerCase().split("\r\n")) {
                    if (line.startsWith("content-length:")) in.readNBytes(Integer.parseInt(line.substring(15).trim()));
                }
                arrived.incrementAndGet();
                if (answer.equals("lost")) return;
                socket.getOutputStream().write(("HTTP/1.1 " + answer + "\r\nContent-Length: 0\r\n\r\n").getBytes());
            }
        } catch (IOException gone) {
            return;
        }
    }

    public static void main(String[] arguments) throws Exception {
        ServerSocket server = new ServerSocket(0, 50, InetAddress.getLoopbackAddress());
        Thread accepting = new Thread(() -> {
            while (true) {
                try {
                    Socket socket = server.accept();
                    new Thread(() -> serve(socket)).start();
                } catch (IOException closed) {
                    return;
                }
            }
        });
        accepting.start();
        Map<String, Client> clients = new LinkedHashMap<>();
        clients.put("HttpURLConnection", (method, url, body) -> {
            HttpURLConnection connection = (HttpURLConnection) URI.create(url).toURL().openConnection();
            connection.setRequestMethod(method);
            if (body != null) {
                connection.setDoOutput(true);
                connection.getOutputStream().write(body.getBytes());
            }
            connection.getResponseCode();
        });
        HttpClient http = HttpClient.newHttpClient();
        clients.put("java.net.http", (method, url, body) -> {
            var publisher = body == null
                    ? HttpRequest.BodyPublishers.noBody() : HttpRequest.BodyPublishers.ofString(body);
            http.send(HttpRequest.newBuilder(URI.create(url)).version(HttpClient.Version.HTTP_1_1)
                    .method(method, publisher).build(), HttpResponse.BodyHandlers.ofString());
        });
        var apache = HttpClients.createDefault();
        clients.put("Apache", (method, url, body) -> {
            var request = ClassicRequestBuilder.create(method).setUri(url);
            if (body != null) request.setEntity(new StringEntity(body));
            apache.execute(request.build(), response -> {
                EntityUtils.consume(response.getEntity());
                return null;
            });
        });
        var jetty = new wiremock.org.eclipse.jetty.client.HttpClient();
        jetty.start();
        clients.put("Jetty", (method, url, body) -> {
            var request = jetty.newRequest(url).method(method);
            if (body != null) request.content(new StringContentProvider(body));
            request.send();
        });

        String url = "http://127.0.0.1:" + server.getLocalPort() + "/contacts";
        for (var client : clients.entrySet()) {
            StringBuilder seen = new StringBuilder(client.getKey()).append(":");
            long waited = 0;
            for (String given : new String[] {"lost", "503 Unavailable", "429 Slow\r\nRetry-After: 2", "500 Error"}) {
                answer = given;
                for (String method : new String[] {"GET", "PUT", "POST", "DELETE"}) {
                    arrived.set(0);
                    long start = System.nanoTime();
                    try {
                        client.getValue().send(method, url, method.startsWith("P") ? "{}" : null);
                    } catch (Exception lost) {
                        if (!given.equals("lost")) throw lost;
                    }
                    if (given.startsWith("429") && method.equals("POST")) {
                        waited = (System.nanoTime() - start) / 1_000_000_000;
                    }
                    seen.append(" ").append(arrived.get());
                }
                seen.append(";");
            }
            System.out.println(seen + " " + waited);
        }
        System.exit(0);
    }
}
JAVA
java -cp "$jar" "$folder/Seen.java" 2>"$folder/log" | tee "$folder/seen"
diff - "$folder/seen" <<'EXPECTED' || { cat "$folder/log" && exit 1; }
HttpURLConnection: 2 2 2 2; 1 1 1 1; 1 1 1 1; 1 1 1 1; 0
java.net.http: 2 1 1 1; 1 1 1 1; 1 1 1 1; 1 1 1 1; 0
Apache: 2 2 1 2; 2 2 2 2; 2 2 2 2; 1 1 1 1; 2
Jetty: 1 1 1 1; 1 1 1 1; 1 1 1 1; 1 1 1 1; 0
EXPECTED
