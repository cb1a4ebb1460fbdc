import java.net.HttpURLConnection;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.time.Duration;

/** Clients as people write them with the JDK: java JdkClients NAME runs one against the URL. */
public class JdkClients {
    static final URI START = URI.create(System.getenv("CONTEXT_SERVICES_URL") + "/services/start");

    static HttpRequest request(String key, Duration timeout) {
        HttpRequest.Builder builder = HttpRequest.newBuilder(START)
            .header("Content-Type", "application/json")
            .POST(HttpRequest.BodyPublishers.ofString("{\"contact_key\": \"" + key + "\"}"));
        return (timeout == null ? builder : builder.timeout(timeout)).build();
    }

    /** Waits as it is asked to, or longer each time; repeats only what was refused for now. */
    static void right() throws Exception {
        HttpClient client = HttpClient.newHttpClient();
        for (String key : new String[] {"a", "b"}) {
            for (int number = 0; number < 8; number++) {
                HttpResponse<String> response;
                response = client.send(
                    request(key, Duration.ofSeconds(4)), HttpResponse.BodyHandlers.ofString());
                if (response.statusCode() != 503 && response.statusCode() != 429) {
                    break;
                }
                long own = 300L << number;
                long wait = response.headers().firstValue("Retry-After")
                    .map(seconds -> 1000 * Long.parseLong(seconds)).orElse(own);
                Thread.sleep(wait);
            }
        }
    }

    /** Vice: no timeout. */
    static void withoutTimeout() throws Exception {
        HttpClient.newHttpClient().send(request("a", null), HttpResponse.BodyHandlers.ofString());
    }

    /** The oldest client of the JDK, as it is; it sends a start again whose answer was lost. */
    static void urlConnection() throws Exception {
        HttpURLConnection connection = (HttpURLConnection) START.toURL().openConnection();
        connection.setRequestMethod("POST");
        connection.setDoOutput(true);
        connection.setRequestProperty("Content-Type", "application/json");
        connection.getOutputStream().write(
            "{\"contact_key\": \"a\"}".getBytes(StandardCharsets.UTF_8));
        System.out.println(connection.getResponseCode());
    }

    public static void main(String[] arguments) throws Exception {
        switch (arguments[0]) {
            case "right" -> right();
            case "without-timeout" -> withoutTimeout();
            case "url-connection" -> urlConnection();
            default -> throw new IllegalArgumentException(arguments[0]);
        }
    }
}
